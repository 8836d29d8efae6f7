"""A case that may accuse police, or may be danger: what people decide about it, and that the decision is kept."""
