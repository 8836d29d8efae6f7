"""Warnings in the formats of others: OASIS CAP 1.2 and the 12379 profile. Pure: text in, value out."""
