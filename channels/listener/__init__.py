"""Connections that systems of others open to us as to a carrier."""
