"""One event of a call on its way to the store: the line it came over, and what it has changed so far."""

from __future__ import annotations

from dataclasses import dataclass, field

from channels.contract import CallEvent
from hub.model.call import Call
from hub.model.case import Case, HistoryEntry
from hub.store.documents import Write
from ivr.hours import Hours
from ivr.node import Flow


@dataclass(frozen=True, slots=True)
class Line:
    """A voice line as configured. `flow`: the version new calls start with."""

    channel: str
    flow: Flow
    province: str
    cities: str
    hours: Hours
    person_number: str
    emergency_number: str
    receipt_channel: str
    listens: bool = False  # callers may ask in words


@dataclass(slots=True)
class CallWork:
    """One event's changes while they are gathered; stored at once at the end.

    line: None for a call over a channel that is configured no more.
    """

    event: CallEvent
    line: Line | None
    call: Call
    version: int  # 0 = a new call
    case: Case | None = None
    case_version: int = 0
    entries: list[HistoryEntry] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)
    queue_changed: bool = False
    fetch: bool = False
