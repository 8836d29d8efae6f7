"""Campaigns: what was done about them."""
