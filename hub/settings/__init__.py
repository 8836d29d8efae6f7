"""What an operator may set, one module per subject."""
