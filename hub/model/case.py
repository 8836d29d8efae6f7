"""Cases: one matter, from first word to archive, across channels (its history: `hub/model/cases/history.py`).

The full table of transitions and the clocks come with the case rules; the states used
here are a subset of theirs with the same names.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from hub.model.flat import flat
from hub.model.personal import personal
from hub.model.track import Compartment, Track
from hub.runtime.errors import HubError


class CaseState(StrEnum):
    """Where a case stands."""

    DRAFT = "DRAFT"  # a call or form that is not finished
    REGISTERED = "REGISTERED"
    HANDLING = "HANDLING"
    REPLIED = "REPLIED"
    CLOSED = "CLOSED"


OPEN_STATES = (CaseState.REGISTERED, CaseState.HANDLING, CaseState.REPLIED)

MOVES: Mapping[CaseState, frozenset[CaseState]] = {
    CaseState.DRAFT: frozenset({CaseState.REGISTERED}),
    CaseState.REGISTERED: frozenset({CaseState.HANDLING, CaseState.REPLIED, CaseState.CLOSED}),
    CaseState.HANDLING: frozenset({CaseState.HANDLING, CaseState.REPLIED, CaseState.CLOSED}),
    CaseState.REPLIED: frozenset({CaseState.HANDLING, CaseState.REPLIED, CaseState.CLOSED}),
    CaseState.CLOSED: frozenset(),
}

CITIZEN_LABEL: Mapping[CaseState, str] = {
    CaseState.DRAFT: "未提交",
    CaseState.REGISTERED: "已登记",
    CaseState.HANDLING: "办理中",
    CaseState.REPLIED: "已答复",
    CaseState.CLOSED: "已办结",
}
"""What the citizen is told; the English label comes from the catalogue."""


class IllegalMove(HubError):
    """The state table does not allow it; `allowed` are the states that could follow."""

    def __init__(self, state: CaseState, wanted: CaseState) -> None:
        super().__init__(f"{state} → {wanted}")
        self.state = state
        self.wanted = wanted
        self.allowed = MOVES[state]


@dataclass(frozen=True, slots=True)
class Applicant:
    """Whose matter it is, as far as they said so. address_key: blind index of the address."""

    name: str = personal()
    address: str = personal()
    address_key: str = ""
    contact_id: str = ""
    anonymous: bool = False

    def hidden(self) -> Applicant:
        """The same person, unknown: nothing is kept that tells who it is."""
        return Applicant(anonymous=True)


@dataclass(frozen=True, slots=True)
class Origin:
    """How it came in. channel: its configured name; kind: what sort of channel; region: code or ""."""

    channel: str
    kind: str
    conversation_id: str = ""
    region: str = ""
    language: str = "zh"


@dataclass(frozen=True, slots=True)
class QueryCode:
    """The code that goes with the reference, as its keyed, salted hash (docs/adr/0002).

    told: whether the citizen was given it; else the first answer brings one.
    """

    hash: str = ""
    salt: str = ""
    told: bool = False


@dataclass(frozen=True, slots=True)
class Chain:
    """The chained history by the case's own account: how many entries, and the hash of the last."""

    length: int = 0
    head: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One matter.

    reference: 14 digits the citizen can key in. rank: queue order, ascending (see `queue_rank`).
    waiting: the citizen spoke last. screening_at: when it was put into 待甄别 (ms UTC), 0 = never.
    """

    id: str
    reference: str
    track: Track
    state: CaseState
    received_at: int
    updated_at: int
    origin: Origin = flat()
    applicant: Applicant = flat(Applicant(), name="contact_name", address="contact_address")
    query_code: QueryCode = flat(QueryCode(), hash="code_hash", salt="code_salt", told="code_told")
    chain: Chain = flat(Chain(), length="history_seq", head="history_head")
    compartment: Compartment = Compartment.NONE
    unit_id: str = ""
    handler_id: str = ""
    partial: bool = False
    urgent: bool = False
    waiting: bool = True
    linked_case_id: str = ""
    flags: tuple[str, ...] = ()
    rank: int = 0
    screening_at: int = 0
    title: str = personal()
    text: str = personal()
    details: Mapping[str, str] = personal(default=None)

    @property
    def is_restricted(self) -> bool:
        """Whether the case stands in a compartment that ordinary staff cannot see."""
        return self.compartment is not Compartment.NONE

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something."""
        return self.state in OPEN_STATES

    def check_move(self, wanted: CaseState) -> None:
        """Raises `IllegalMove` when the table does not allow the move."""
        if wanted not in MOVES[self.state]:
            raise IllegalMove(self.state, wanted)

    def ranked(self) -> Case:
        """The same case with the rank that belongs to what it is now."""
        rank = queue_rank(
            track=self.track,
            urgent=self.urgent,
            waiting=self.waiting,
            received_at=self.received_at,
            flags=self.flags,
        )
        return replace(self, rank=rank)


DANGER = "danger"
"""Flag: live danger, surely."""
THREAT = "threat"
"""Flag: somebody threatens or is threatened."""
POSSIBLE_DANGER = "possible_danger"
"""Flag: there may be danger (疑似险情); a handler looks at it before everything that is no emergency."""


_BAND = 10**14
NEAR_DANGER = range(_BAND, 2 * _BAND)
"""Ranks of what may be dangerous and is no emergency."""


def queue_rank(
    *, track: Track, urgent: bool, waiting: bool, received_at: int, flags: Collection[str] = ()
) -> int:
    """Queue order as one ascending number: emergencies, possible dangers, waiting citizens, then age.

    The legal clocks will refine the middle bands; the number stays one indexed field.
    """
    near = urgent or POSSIBLE_DANGER in flags
    band = 0 if track is Track.EMERGENCY else 1 if near else 2 if waiting else 3
    return band * _BAND + received_at
