"""The queue: what of it an agent sees, in which order, how it is counted and searched."""
