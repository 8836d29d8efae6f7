"""Runs an adapter that listens: what it brings is stored before its sender is told so."""

from __future__ import annotations

from channels.adapter import Listens
from hub.actions.intake.keep_letter import KeepLetter


async def listen(adapter: Listens, keep_letter: KeepLetter) -> None:
    """For the supervisor."""
    await adapter.listen(keep_letter)
