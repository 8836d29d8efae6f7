"""Accounts, login and the state of the system."""
