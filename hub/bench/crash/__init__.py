"""Proof that a crash loses nobody and doubles nothing unannounced: `kill -9` at every named point."""
