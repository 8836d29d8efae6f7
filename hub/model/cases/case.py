"""Cases: one matter, from first word to archive, across channels (its history: `hub/model/cases/history.py`).

Where it stands in its procedure is its proceeding (`hub/model/cases/proceeding.py`), which only moves of the
table change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from hub.model.cases.proceeding import Proceeding
from hub.model.cases.state import OPEN_STATES, CaseState
from hub.model.flat import flat
from hub.model.personal import personal
from hub.model.track import Compartment, Track


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
class Snooze:
    """A case its handler put aside (稍后处理). until: ms UTC, 0 = not aside; by: whose work it is out of.

    What ends it: `hub/model/cases/queue/snoozing.py`.
    """

    until: int = 0
    by: str = ""

    def over(self) -> Snooze:
        """Not aside any more; the reminder that goes with it stays with who wrote it."""
        return Snooze(0, self.by)


@dataclass(frozen=True, slots=True)
class Undelivered:
    """What did not reach the citizen. at: when that was known (ms UTC), 0 = all did; delivery: its id."""

    at: int = 0
    delivery: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One matter.

    reference: 14 digits the citizen can key in. rank: queue order, ascending, as it was stored
    (`hub/model/cases/queue/order.py`). waiting: the citizen spoke last. screening_at: when it was put into
    待甄别 (ms UTC), 0 = never. due_at: when time does something to it next (ms UTC), 0 = never. limit_at: the
    first instant that is too late for what has to be done next (ms UTC), 0 = nothing has; limit_clock: whose.
    ranked_at: when time last passed for it. tags: bits of those it has (`hub/model/cases/queue/tag.py`).
    reminder: what the handler who put it aside wrote for themselves. silence: what a person said about it
    (`hub/model/alarms/silence.py`). recused: ids of officers with a direct interest, who are never given it
    (回避).
    """

    id: str
    reference: str
    received_at: int
    updated_at: int
    proceeding: Proceeding = flat(handler="handler_id", unit_id="routed_to", event="last_move")
    origin: Origin = flat()
    applicant: Applicant = flat(Applicant(), name="contact_name", address="contact_address")
    query_code: QueryCode = flat(QueryCode(), hash="code_hash", salt="code_salt", told="code_told")
    chain: Chain = flat(Chain(), length="history_seq", head="history_head")
    compartment: Compartment = Compartment.NONE
    unit_id: str = ""
    partial: bool = False
    urgent: bool = False
    waiting: bool = True
    linked_case_id: str = ""
    flags: tuple[str, ...] = ()
    recused: tuple[str, ...] = ()
    rank: int = 0
    screening_at: int = 0
    due_at: int = 0
    limit_at: int = 0
    limit_clock: str = ""
    limit_statutory: bool = False
    ranked_at: int = 0
    snooze: Snooze = flat(Snooze(), until="snoozed_until", by="snoozed_by")
    undelivered: Undelivered = flat(Undelivered(), at="undelivered_at", delivery="undelivered_id")
    tags: int = 0
    silence: str = ""
    reminder: str = personal()
    title: str = personal()
    text: str = personal()
    details: Mapping[str, str] = personal(default=None)

    @property
    def state(self) -> CaseState:
        """Where it stands."""
        return self.proceeding.state

    @property
    def track(self) -> Track:
        """Which rules it follows."""
        return self.proceeding.track

    @property
    def handler_id(self) -> str:
        """Who works on it, "" for nobody."""
        return self.proceeding.handler

    @property
    def electronic_consent_at(self) -> int:
        """When the citizen agreed to electronic delivery (ms UTC), 0 = never."""
        return int((self.details or {}).get(ELECTRONIC_CONSENT, "0"))

    @property
    def is_restricted(self) -> bool:
        """Whether the case stands in a compartment that ordinary staff cannot see."""
        return self.compartment is not Compartment.NONE

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something."""
        return self.state in OPEN_STATES

    @property
    def awaits_late_answer(self) -> bool:
        """Whether a person has to answer a request that came after its last day."""
        open_to_it = self.is_open or self.state is CaseState.CLOSED
        return bool(self.proceeding.late) and open_to_it

    def in_hands_of(self, handler_id: str) -> Case:
        """The same case with somebody responsible for it."""
        return replace(self, proceeding=replace(self.proceeding, handler=handler_id))


ELECTRONIC_CONSENT = "electronic_consent"
"""Key of `Case.details`: the instant of the consent to electronic delivery (同意电子送达)."""

ROUTED_BY, ROUTED_WORD = "routed_by", "routed_word"
"""Keys of `Case.details`: why a text came to its desk (`RouteReason`); which number or keyword decided."""

ALSO_DESKS = "also_desks"
"""Of `Case.details`: units of other desks that were written to in the same matter, blanks between."""

DANGER = "danger"
"""Flag: live danger, surely."""
THREAT = "threat"
"""Flag: somebody threatens or is threatened."""
POSSIBLE_DANGER = "possible_danger"
"""Flag: there may be danger (疑似险情); a handler looks at it before everything that is no emergency."""
LIST_MAIL = "list_mail"
"""Flag: what a mailing list sent in a day; it waits behind everything."""
