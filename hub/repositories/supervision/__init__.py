"""统一电子监察: figures by month and unit."""
