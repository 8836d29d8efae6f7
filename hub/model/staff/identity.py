"""Who reported, and the requests to learn it.

Rule protected: who handles a report reads 举报人A. The name and the number come to one person for some hours,
because another person, who handles no reports, agreed to a reason (XF 30, 46; docs/adr/0054).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from hub.model.cases.case import Case
from hub.model.personal import personal
from hub.model.track import Compartment, Track

ALIAS = "举报人A"
MAX_HOURS = 72
HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells whose matter a case is. id: of the case."""

    id: str
    name: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""

    def fields(self) -> tuple[str, ...]:
        """The names of those that are known; what was given is named once where it is the address too."""
        more = (name for name in ("phone", "email") if getattr(self, name) != self.address)
        return tuple(name for name in ("name", "address", *more) if getattr(self, name))

    def with_newer(self, other: Identity) -> Identity:
        """What is known now, and of the rest what was known before."""
        known = {name: getattr(other, name) for name in ("name", "address", "phone", "email")}
        return replace(self, **{name: value for name, value in known.items() if value})


def is_kept_apart(case: Case) -> bool:
    """Whether the identity of a case stands in the vault. That of an emergency stays with it: 110 has to
    find who is in danger."""
    return apart(case.compartment, case.track)


def apart(compartment: str, track: str) -> bool:
    """The same by what is stored."""
    return compartment != Compartment.NONE and track != Track.EMERGENCY


class RequestState(StrEnum):
    """Where a request to learn an identity stands."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class IdentityRequest:
    """One request. agent_id: who asks, and alone reads what is granted. decided_by: a custodian.

    asked_at, decided_at, expires_at: ms UTC, 0 = not yet. hours: how long it was granted for.
    """

    id: str
    case_id: str
    reference: str
    agent_id: str
    asked_at: int
    state: RequestState = RequestState.ASKED
    decided_by: str = ""
    decided_at: int = 0
    expires_at: int = 0
    hours: int = 0
    reason: str = personal()
    decision: str = personal()

    def opens(self, now: int) -> bool:
        """Whether the identity may be read by who asked."""
        return self.state is RequestState.GRANTED and now < self.expires_at

    def granted(self, *, by: str, at: int, hours: int, decision: str) -> IdentityRequest:
        """Open for some hours."""
        return replace(
            self,
            state=RequestState.GRANTED,
            decided_by=by,
            decided_at=at,
            hours=hours,
            expires_at=at + hours * HOUR_MS,
            decision=decision,
        )

    def refused(self, *, by: str, at: int, decision: str) -> IdentityRequest:
        """Over."""
        return replace(self, state=RequestState.REFUSED, decided_by=by, decided_at=at, decision=decision)
