"""Files of contacts: which columns they have, what a row says, and why a row cannot be taken."""
