"""The citizen contact hub: every contact in one queue, every answer through one outbox."""
