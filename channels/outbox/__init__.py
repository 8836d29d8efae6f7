"""The dispatcher and all round it: from a stored delivery to its known end."""
