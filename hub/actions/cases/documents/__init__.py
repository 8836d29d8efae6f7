"""法律文书: signs what a move of a case issues, and reads it."""
