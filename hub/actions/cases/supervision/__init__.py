"""统一电子监察: keeps the figures of cases, and reads them for supervisors and inspectors."""
