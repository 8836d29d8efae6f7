"""Pages of those who write campaigns."""
