"""Where a text goes."""
