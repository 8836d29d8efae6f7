"""Campaigns: who gets what, and when. Expands recipients into deliveries; sends nothing itself."""
