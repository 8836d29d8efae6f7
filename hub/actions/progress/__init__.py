"""How far a case is, asked by the citizen."""
