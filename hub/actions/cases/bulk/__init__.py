"""The same done to many cases."""
