"""Signed documents as PDF, made by typst in a process of its own that starts at first use."""
