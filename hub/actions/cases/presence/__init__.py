"""Who has a case before them, and who writes: told to colleagues before they write too."""
