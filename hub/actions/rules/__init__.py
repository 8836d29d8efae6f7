"""The books of rules: revised, approved, followed by every process."""
