"""Campaigns through the outbox: recipients expanded, sent, and overtaken by a warning."""
