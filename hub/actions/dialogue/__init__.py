"""What an inbound text is, and how answers are worded."""
