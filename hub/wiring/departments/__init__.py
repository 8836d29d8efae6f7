"""Departments that send through the hub."""
