"""统一电子监察: what cases add up to by month and unit."""
