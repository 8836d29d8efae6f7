"""What leaves, and what became of it."""
