"""One repository per aggregate, written once on the port of the store."""
