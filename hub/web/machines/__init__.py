"""Callers that are no browsers."""
