"""What the outbox keeps beside its rows."""
