"""Finding cases by what was said in them, and by number, telephone and name."""
