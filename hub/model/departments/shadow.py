"""A shadow copy (影子): texts the old platform sends, and what the hub would have done with them.

Nothing of it leaves and nothing counts against a quota. What both would have done differently is a
difference, by its reason.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from hub.model.departments.sent_once import ALREADY_SENT
from hub.model.departments.submission import TextState
from hub.model.personal import personal


class Outcome(StrEnum):
    """What the old platform told of one number. Part of the API's contract."""

    UNTOLD = ""  # it sends: that is why there is a copy
    SENT = "sent"
    FAILED = "failed"  # sent, and did not arrive
    REFUSED = "refused"  # never sent


OLD_REFUSED = "old_refused"
"""The hub would send what the old platform did not."""
PARTS = "parts"
"""Both count the parts differently."""


@dataclass(frozen=True, slots=True)
class ShadowResult:
    """One number. to: as the caller wrote it. state: what would have become of it at once. reason: a code.

    until: when it would leave, where it would be held (ms UTC). old: what the old platform told; old_parts:
    of its text, 0 = untold. sent_id: under which it is kept who sent it, "" where its words are not known.
    """

    to: str
    state: TextState
    reason: str = ""
    until: int = 0
    old: Outcome = Outcome.UNTOLD
    old_parts: int = 0
    sent_id: str = ""

    def difference(self, parts: int) -> str:
        """Its reason, "" where both do the same. parts: as the hub counts them. A text both had is none: it
        is listed by itself (`sent_once.py`)."""
        if self.old is Outcome.REFUSED:
            return OLD_REFUSED if self.would_leave else ""
        if self.reason == ALREADY_SENT:
            return ""
        if self.state is not TextState.QUEUED:
            return self.reason or self.state.value
        return PARTS if self.old_parts and self.old_parts != parts else ""

    @property
    def would_leave(self) -> bool:
        """Whether the hub would send it, now or later."""
        return self.state in (TextState.QUEUED, TextState.HELD)


@dataclass(frozen=True, slots=True)
class Refused:
    """Why the whole request would be refused. field: of the request, "" for all of it. code: of the API."""

    field: str
    code: str


@dataclass(frozen=True, slots=True)
class ShadowCopy:
    """line, client_ref: make it unique. body: keyed digest of what was asked for. day: local, `20261201`.

    differs: 1 while there is a difference. sender, extension, message_class, parts: as it would leave, empty
    where it would be refused. price_milli: of a part, in 1/1000 yuan, by the contract. until: when a quota
    would allow it again (ms UTC), 0 = none stood in the way.
    """

    id: str
    department: str
    line: str
    key_id: str
    at: int
    day: str
    body: str
    differs: int
    sender: str = ""
    extension: str = ""
    message_class: str = ""
    parts: int = 0
    price_milli: int = 0
    until: int = 0
    refused: tuple[Refused, ...] = ()
    client_ref: str = personal("")
    results: tuple[ShadowResult, ...] = personal(())

    def differences(self) -> Counter[str]:
        """How many numbers, by reason."""
        found = (one.difference(self.parts) for one in self.results)
        return Counter(reason for reason in found if reason)

    def would(self, *states: TextState) -> int:
        """Numbers that would be in one of the states."""
        return sum(one.state in states for one in self.results)

    @property
    def cost_milli(self) -> int:
        """In 1/1000 yuan, of what would leave."""
        return sum(one.would_leave for one in self.results) * self.parts * self.price_milli
