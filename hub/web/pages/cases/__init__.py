"""Pages of those who work on cases."""
