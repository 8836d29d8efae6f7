"""What is kept beside the rows of the outbox: the parts of messages, and what ended without arriving."""
