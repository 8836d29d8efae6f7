"""Whom campaigns reach: contacts, saved segments, imports, opt-outs."""
