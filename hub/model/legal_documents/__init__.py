"""法律文书: what an office signs and a citizen receives."""
