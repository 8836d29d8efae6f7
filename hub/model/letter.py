"""Letters as they came: stored before anybody reads them, and kept as evidence afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hub.model.personal import personal


class LetterState(StrEnum):
    """Where a letter stands."""

    WAITING = "waiting"  # to be read
    READ = "read"  # its message is stored, also when nobody could read it


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail. Its bytes are a sealed file (`hub/store/files.py`).

    id: derived from channel, content, envelope and mailbox; handed over twice it is one.
    next_at: when it is its turn, or when whoever reads it now has given up.
    tries: how often reading failed. message_id: what it became.
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
    envelope_from: str = personal()
