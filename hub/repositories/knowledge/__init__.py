"""What the knowledge base is made of, and what was asked of it and said about it."""
