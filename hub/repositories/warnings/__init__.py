"""What is kept of warnings."""
