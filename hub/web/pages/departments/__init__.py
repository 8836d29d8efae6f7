"""Departments that send through the platform: registry, traffic, keys, receipts."""
