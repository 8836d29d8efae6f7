"""The HTTP API for systems of departments and of command desks: signed requests in, documents out."""
