"""Recordings: sealed, chained and read; and the hash chain itself."""
