"""The queue as it is read: lists and counts, what changed, and how each agent looks at it."""
