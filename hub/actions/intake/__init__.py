"""What a citizen's message or form becomes."""
