"""Pages of the editors of the knowledge base."""
