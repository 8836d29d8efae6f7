"""The stories, one file per channel."""
