"""One event of a call on its way through the flow: its line, and what was read before deciding."""

from __future__ import annotations

from dataclasses import dataclass

from channels.contract import CallEvent
from hub.actions.cases.plan import Plan
from hub.model.call import Call
from hub.model.cases.case import Case
from hub.store.codec import Versioned
from ivr.hours import Hours
from ivr.node import Flow

CallPlan = Plan[Call]


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


@dataclass(frozen=True, slots=True)
class CallWork:
    """What was read before deciding.

    line: None for a call over a channel that is configured no more. version: 0 = a new call.
    """

    event: CallEvent
    line: Line | None
    call: Call
    version: int
    case: Versioned[Case] | None = None
