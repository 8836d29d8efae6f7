"""What a carrier knows of the telephone an emergency came from: the 三字段 (number, subscriber, address) and
its position.

Rules protected: it is asked for an emergency by text only, by who may see the case and is of the desk; that
somebody asks is in the history of the case before anything leaves, and what came of it after; the answer is
shown to who looked at it and to nobody else, and is not kept for ever.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from channels.contract import ChannelKind
from hub.model import policy
from hub.model.agent import Agent, Permission
from hub.model.cases.alarm import is_emergency
from hub.model.cases.case import Case
from hub.model.cases.state import CaseState
from hub.model.personal import personal
from hub.model.track import Track

OLD_POSITION_MS = 30 * 60_000
"""A telephone that was seen somewhere so long ago may be anywhere now."""
_INTERRUPTED_MS = 60_000
_HANDED_OVER_MS = 12 * 3_600_000


class Asked(StrEnum):
    """What the carrier is asked for."""

    SUBSCRIBER = "subscriber"  # 三字段
    POSITION = "position"


class Outcome(StrEnum):
    """What came of a look-up. Every one but the first two is a failure that the officer reads in words."""

    PENDING = "pending"
    ANSWERED = "answered"
    UNKNOWN = "unknown"  # the carrier does not know the number
    REFUSED = "refused"  # it does not accept our signature or does not allow this
    TIMED_OUT = "timed_out"  # no answer in time, or cut off
    UNREACHABLE = "unreachable"  # no connection
    UNAVAILABLE = "unavailable"  # it says that it cannot answer now
    MALFORMED = "malformed"  # what came is not what is agreed


class Datum(StrEnum):
    """The coordinate system: between the two lie up to some 500 m."""

    WGS_84 = "WGS-84"
    GCJ_02 = "GCJ-02"


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Whose contract the number is. number: E.164. address: as it stands in the contract."""

    number: str
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Position:
    """Where the telephone was at an instant (ms UTC), within so many metres. Degrees."""

    latitude: float
    longitude: float
    accuracy_m: int
    at: int
    datum: Datum

    def is_old(self, now: int) -> bool:
        """Whether the telephone may be somewhere else by now."""
        return now - self.at > OLD_POSITION_MS

    @property
    def text(self) -> str:
        """The coordinates with their system, to be read out: a tenth of a second of arc is 3 m."""
        return f"{self.latitude:.5f}, {self.longitude:.5f} ({self.datum})"


@dataclass(frozen=True, slots=True)
class CarrierLook:
    """One look-up. at, ended_at: when it was asked and answered (ms UTC, 0 = not yet). by: who asked.

    seen_by: agents the answer is shown to; each stands in the history of the case. keep_until: when the
    answer is deleted (ms UTC).
    """

    id: str
    case_id: str
    asked: Asked
    at: int
    by: str
    keep_until: int
    outcome: Outcome = Outcome.PENDING
    ended_at: int = 0
    seen_by: tuple[str, ...] = ()
    subscriber: Subscriber | None = personal(None)
    position: Position | None = personal(None)

    def ended(self, outcome: Outcome, answer: Subscriber | Position | None, *, at: int) -> CarrierLook:
        """With what came of it."""
        return replace(
            self,
            outcome=outcome,
            ended_at=at,
            subscriber=answer if isinstance(answer, Subscriber) else None,
            position=answer if isinstance(answer, Position) else None,
        )

    def seen(self, agent_id: str) -> CarrierLook:
        """Shown to one agent more."""
        return replace(self, seen_by=(*self.seen_by, agent_id))

    def without_answer(self) -> CarrierLook:
        """For who did not look."""
        return replace(self, subscriber=None, position=None)

    def is_lost(self, now: int) -> bool:
        """Whether nothing will come of it any more: the process that asked was killed."""
        return self.outcome is Outcome.PENDING and now - self.at > _INTERRUPTED_MS


def may_be_asked(case: Case, *, now: int) -> bool:
    """Whether the carrier may be asked about this case: an emergency by text, open or handed to 110 not long
    ago. Counted from the hand-over: what is looked at since does not make it longer."""
    is_handed = case.track is Track.EMERGENCY and case.state is CaseState.HANDED_OFF
    is_urgent = is_emergency(case) or (is_handed and now - case.proceeding.closed_at < _HANDED_OVER_MS)
    return is_urgent and case.origin.kind == ChannelKind.SMS and bool(case.applicant.address)


def may_ask(agent: Agent, case: Case) -> bool:
    """Whether the agent is of the desk that this emergency is before: that of 12110, or, behind the
    compartment, who reads what lies there."""
    of_the_desk = agent.may(Permission.ALARM_DUTY)
    return policy.may_see(agent, case) and (
        of_the_desk or (case.is_restricted and agent.may(Permission.REPORT_READ))
    )
