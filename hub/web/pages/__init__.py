"""Each page beside its form, in a folder per subject."""
