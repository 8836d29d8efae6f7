"""Proof that nothing was changed or taken away."""
