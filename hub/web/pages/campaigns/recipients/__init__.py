"""Pages about recipients: contacts, saved segments, imports, opt-outs."""
