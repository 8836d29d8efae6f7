"""Kinds of danger that other numbers than 110 help in."""

from __future__ import annotations

from enum import StrEnum


class DangerKind(StrEnum):
    """NONE: no danger at all; OTHER: danger of no special kind."""

    NONE = ""
    OTHER = "other"
    FIRE = "fire"
    MEDICAL = "medical"
    TRAFFIC = "traffic"
    FRAUD = "fraud"
    SUICIDE = "suicide"
