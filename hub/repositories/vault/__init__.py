"""Whose matter a report is: kept apart from the report, with a key of its own."""
