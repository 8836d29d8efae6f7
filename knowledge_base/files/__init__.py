"""Entries and words from files and into files."""
