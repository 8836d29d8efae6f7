"""What the writers of campaigns keep, in the store."""
