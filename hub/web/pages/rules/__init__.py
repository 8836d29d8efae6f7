"""Pages of the books of rules, for administrators."""
