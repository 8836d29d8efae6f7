"""What the outbox keeps beside its rows: parts of messages, what did not arrive, the paces of senders."""
