"""Saved segments, imports of contacts, and where contacts came from."""
