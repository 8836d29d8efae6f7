"""A question the hub could not answer, kept for the editors of the knowledge base for a while.

Rules protected: only what ordinary staff may read is ever kept (never a report, an emergency, an accusation
of police); numbers are masked before it is stored (`hub/model/masking.py`), and it is sealed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hub.model.personal import personal

FOR_GOOD = 2**53
"""Of a dismissed cluster one question is kept for good, so that it stays dismissed."""


class QuestionState(StrEnum):
    """What editors made of it."""

    OPEN = "open"
    DRAFTED = "drafted"  # its words stand in the working copy of an entry
    DISMISSED = "dismissed"  # no matter for the knowledge base; likewise whatever is like it


@dataclass(frozen=True, slots=True)
class Question:
    """id: derived from the message that asked it. topic: of the nearest entry, "" when none is near.

    entry_id, decided_by, decided_at: the entry it became part of, who decided and when.
    keep_until: when it is deleted (ms UTC).
    """

    id: str
    asked_at: int
    conversation_id: str
    channel: str
    keep_until: int
    topic: str = ""
    state: QuestionState = QuestionState.OPEN
    entry_id: str = ""
    decided_by: str = ""
    decided_at: int = 0
    text: str = personal()
