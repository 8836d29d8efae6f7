"""The root of what this package raises."""

from __future__ import annotations


class IvrError(Exception):
    """Root of what `ivr` raises."""
