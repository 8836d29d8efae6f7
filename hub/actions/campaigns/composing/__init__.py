"""What a writer of campaigns does: save, check, find, copy, try; templates and words to watch."""
