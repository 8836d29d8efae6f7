"""Alarms: confirmed on the duty page, or forwarded to 110 by the hub."""
