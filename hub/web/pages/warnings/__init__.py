"""Warnings and safety notices: the desk of those who make, review, sign and release them."""
