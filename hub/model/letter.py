"""Letters as they came: stored before anybody reads them, and kept as evidence afterwards."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

from hub.model.personal import personal
from hub.model.track import Compartment


class LetterState(StrEnum):
    """Where a letter stands."""

    WAITING = "waiting"  # to be read
    READ = "read"  # its message is stored
    UNREADABLE = "unreadable"  # nobody could read it: its message holds nothing but the letter as a file
    CLOSED = "closed"  # it was unreadable, and somebody dealt with it


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail. Its bytes are a sealed file (`hub/store/files.py`).

    id: derived from channel, content, envelope and mailbox; handed over twice it is one.
    next_at: when it is its turn, or when whoever reads it now has given up; when it became unreadable.
    tries: how often reading failed. why: the reason of the last time, one of `channels.errors.Unreadable`'s
    or the name of an exception. message_id: what it became.
    digest: SHA-256 of its bytes, 64 hex digits, and their number; "" and 0 while it was not unreadable.
    compartment: where its case was opened, while it was unreadable. Where that stands now, the case knows.
    """

    id: str
    channel: str
    file_id: str
    recipient: str
    received_at: int
    next_at: int
    state: LetterState = LetterState.WAITING
    tries: int = 0
    message_id: str = ""
    why: str = ""
    digest: str = ""
    size_bytes: int = 0
    compartment: Compartment = Compartment.NONE
    envelope_from: str = personal()

    def read_again(self, now: int) -> Self:
        """It waits to be read once more."""
        return replace(self, state=LetterState.WAITING, tries=0, why="", next_at=now)

    def closed(self) -> Self:
        """Somebody dealt with it."""
        return replace(self, state=LetterState.CLOSED)
