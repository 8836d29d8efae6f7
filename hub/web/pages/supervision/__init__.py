"""统一电子监察: the board of supervisors and inspectors."""
