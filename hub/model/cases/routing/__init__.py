"""Which desk a text belongs to: the table, and the rule that reads it."""
