"""Somebody has a case open. It warns and never blocks: what decides is the version a form names."""

from __future__ import annotations

from dataclasses import dataclass

from hub.model.track import Compartment

HELD_MS = 30_000
"""How long somebody counts as there after the last word of the process that holds the page."""
IDLE_MS = 120_000
"""After so long without a key or a move of the mouse the person is shown as away."""
TYPING_MS = 15_000
"""After so long without a letter nobody types."""
BEGUN_MS = 300_000
"""After so long without a letter what was begun is no warning to others."""


@dataclass(frozen=True, slots=True)
class Presence:
    """One person at one case, as one process knows it.

    compartment: in which the case stood when it was opened; once it stands in another, this person is named
    to nobody. since: when the case was opened. active_at: the last sign of the person. begun_at: when what is
    being written was begun, 0 = nothing; typed_at: the last letter. until: gone without another word.
    seen_at: the last change, which other processes read behind. All ms UTC.
    """

    id: str
    case_id: str
    agent_id: str
    compartment: Compartment
    since: int
    active_at: int
    until: int
    seen_at: int
    begun_at: int = 0
    typed_at: int = 0

    def is_idle(self, now: int) -> bool:
        """Whether there was no sign of the person for a while."""
        return now - self.active_at > IDLE_MS

    def types(self, now: int) -> bool:
        """Whether the person is writing at this moment."""
        return bool(self.begun_at) and now - self.typed_at <= TYPING_MS

    def has_begun(self, now: int) -> bool:
        """Whether somebody else should know that an answer is being written."""
        return bool(self.begun_at) and now - self.typed_at <= BEGUN_MS
