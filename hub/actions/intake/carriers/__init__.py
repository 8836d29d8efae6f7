"""What comes over connections to carriers."""
