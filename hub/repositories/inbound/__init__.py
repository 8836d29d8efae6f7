"""What comes in and is not a message yet."""
