"""Pages about what left and what became of it."""
