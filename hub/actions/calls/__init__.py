"""What a telephone call becomes."""
