"""Publicity, from draft to report."""
