"""Which words there are and which mean the same."""
