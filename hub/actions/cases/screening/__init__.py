"""What people decide about a case that may accuse police or may be danger, and that it is kept."""
