"""Entries and words of the knowledge base: edited, published, read, measured."""
