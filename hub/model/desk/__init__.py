"""What the desk knows besides cases: who sits where."""
