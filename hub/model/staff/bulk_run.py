"""The same done to many cases at once: what was asked for, and what became of each.

It waits a moment before it begins, so that it can be taken back whole: what has begun is notices to citizens
and clocks, and nothing takes those back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from campaigns.said import Kept, kept, said_again
from hub.model.personal import personal

UNDO_MS = 15_000
MOST_CASES = 500
"""Of one run."""


class BulkKind(StrEnum):
    """What is done."""

    ASSIGN = "assign"  # data: handler_id
    ROUTE = "route"  # data: as the event of the table takes it
    TAG = "tag"  # data: tag, an id
    UNTAG = "untag"
    MERGE = "merge_into"  # as duplicates; data: master, a reference


class Outcome(StrEnum):
    """What became of one case."""

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class BulkRow:
    """One case of a run. why: it was refused, in Chinese; `reason` is the same for readers of any language.
    parts: what it is made of, () of an earlier release.
    """

    case_id: str
    outcome: Outcome = Outcome.WAITING
    why: str = ""
    parts: Kept = ()

    def refused(self, why: str) -> BulkRow:
        """The same, which was not done."""
        return replace(self, outcome=Outcome.REFUSED, why=str(why), parts=kept(why))

    @property
    def reason(self) -> str:
        """Why it was refused."""
        return said_again(self.parts) if self.parts else self.why


@dataclass(frozen=True, slots=True)
class BulkRun:
    """One run. starts_at: when it may begin; begun_at, ended_at, canceled_at: 0 = not (ms UTC)."""

    id: str
    agent_id: str
    kind: BulkKind
    asked_at: int
    starts_at: int
    rows: tuple[BulkRow, ...]
    begun_at: int = 0
    ended_at: int = 0
    canceled_at: int = 0
    data: Mapping[str, str] = personal(default=None)

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return not (self.ended_at or self.canceled_at)

    def count(self, outcome: Outcome) -> int:
        """How many cases ended so."""
        return sum(row.outcome is outcome for row in self.rows)
