"""Pages about the people behind the cases."""
