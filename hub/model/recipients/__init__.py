"""Whom the office may write to: saved segments, imports, where a contact came from."""
