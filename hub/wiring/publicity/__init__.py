"""Campaigns, their recipients, series and what is done while they are sent."""
