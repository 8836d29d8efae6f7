"""Texts over the carriers' own protocols, against a bare echo of the same bytes."""
