"""The business, one verb per file, in a folder per subject."""
