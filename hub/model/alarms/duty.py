"""Who is on duty for alarms, and whether anybody would hear one.

Rule protected: a page counts only while its stream runs and its sound was heard by the officer who is
signed on; whatever cannot be proved counts as nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hub.model.personal import personal


@dataclass(frozen=True, slots=True)
class DutyWatch:
    """One officer's turn. ended_at: ms UTC, 0 = on duty. note: the hand-over, written at its end.

    read_by, read_at: who came next and read it.
    """

    id: str
    agent_id: str
    since: int
    ended_at: int = 0
    read_by: str = ""
    read_at: int = 0
    note: str = personal()


@dataclass(frozen=True, slots=True)
class DutyPage:
    """An open alarm page. seen_at: when its stream last reached it and was answered. sound_at: when its
    officer said that the test was heard, 0 = never, or its sound stopped."""

    id: str
    agent_id: str
    seen_at: int
    sound_at: int = 0


@dataclass(frozen=True, slots=True)
class Attention:
    """How long a page counts. stream_ms: after its stream was last answered. sound_ms: after its sound
    test."""

    stream_ms: int = 10_000
    sound_ms: int = 8 * 3_600_000

    def is_there(self, page: DutyPage, now: int) -> bool:
        """Whether its stream runs."""
        return now - page.seen_at < self.stream_ms

    def is_tested(self, page: DutyPage, watch: DutyWatch, now: int) -> bool:
        """Whether its sound was heard in this turn, and not too long ago."""
        return page.sound_at >= watch.since and now - page.sound_at < self.sound_ms

    def listens(self, page: DutyPage, watches: Iterable[DutyWatch], now: int) -> bool:
        """Whether somebody on duty would hear an alarm on it."""
        return self.is_there(page, now) and any(
            watch.agent_id == page.agent_id and not watch.ended_at and self.is_tested(page, watch, now)
            for watch in watches
        )


def listeners(
    pages: Iterable[DutyPage], watches: Iterable[DutyWatch], attention: Attention, now: int
) -> set[str]:
    """The agents who would hear an alarm."""
    on_duty = tuple(watches)
    return {page.agent_id for page in pages if attention.listens(page, on_duty, now)}
