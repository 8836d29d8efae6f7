"""Finding cases: what is typed decides how."""
