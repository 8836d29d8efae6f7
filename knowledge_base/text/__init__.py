"""What a text is reduced to before it is compared."""
