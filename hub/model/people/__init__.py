"""People: contacts, what is noted about them, and whom staff say is the same."""
