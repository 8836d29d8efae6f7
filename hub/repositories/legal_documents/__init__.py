"""Legal documents and the series of their numbers."""
