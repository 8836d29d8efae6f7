"""Alarms, who is on duty for them, and the store that raises one with every emergency."""
