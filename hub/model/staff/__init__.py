"""Staff beside their accounts: whether they take cases just now."""
