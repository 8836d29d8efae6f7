"""Keeps the hub from writing by itself to who may be in danger."""
