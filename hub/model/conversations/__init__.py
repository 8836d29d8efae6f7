"""What belongs to conversations besides their messages."""
