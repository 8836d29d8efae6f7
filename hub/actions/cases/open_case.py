"""Makes a new case: its number, its code, its first history entry. Writes nothing by itself."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace

from hub.actions.cases.assignment.competent_unit import CompetentUnit
from hub.actions.cases.case_rules import CaseRules
from hub.actions.cases.references import References, new_code
from hub.model.cases.attempt import Attempt
from hub.model.cases.case import ROUTED_BY, ROUTED_WORD, Applicant, Case, Chain, Origin, QueryCode
from hub.model.cases.history import HistoryEntry, HistoryKind, chain_entry
from hub.model.cases.proceeding import Proceeding
from hub.model.cases.queue.timing import scheduled
from hub.model.cases.roles import CaseRole
from hub.model.cases.step import begun
from hub.model.track import Compartment, Track, compartment_of
from hub.repositories.cases import CaseRepository
from hub.runtime.ids import new_id
from hub.store.documents import Write

_TITLE_LENGTH = 40


@dataclass(frozen=True, slots=True)
class NewCase:
    """What a case is made of. id, code: made when empty; title: the beginning of `text` when empty.

    told: whether the citizen is given the code at once. screening: it may be an accusation and waits for an
    inspector in 待甄别; its track stays what it otherwise is.
    unit_id: the desk it came to, "" for the duty queue. draft: not finished yet; it carries a number
    already, so that a call that is cut off can be promoted. service_kind: 求助, 投诉
    or 复杂, for a SERVICE matter.
    """

    track: Track
    origin: Origin
    at: int
    applicant: Applicant = Applicant()
    title: str = ""
    text: str = ""
    id: str = ""
    code: str = ""
    told: bool = False
    urgent: bool = False
    draft: bool = False
    screening: bool = False
    linked_case_id: str = ""
    unit_id: str = ""
    service_kind: str = ""
    flags: tuple[str, ...] = ()
    details: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A new case before it is stored. `code` is known here and to the citizen only."""

    case: Case
    code: str
    entry: HistoryEntry


class OpenCase:
    """Builds cases."""

    def __init__(
        self,
        cases: CaseRepository,
        references: References,
        rules: CaseRules,
        competent: CompetentUnit | None = None,
    ) -> None:
        """competent: sends what no desk has to a unit; None: everything stays where it came in."""
        self._cases = cases
        self._references = references
        self._competent = competent
        self.rules = rules

    async def __call__(self, new: NewCase) -> Opened:
        """A case nobody has stored yet. An anonymous one keeps no contact, name or address."""
        id, at, track = new.id or new_id(new.at), new.at, new.track
        code = new.code or new_code(anonymous=new.applicant.anonymous)
        salt = secrets.token_hex(8)
        compartment = _compartment(new)
        new = await self._sent(new, compartment)
        screened = compartment is Compartment.SCREENING
        entry = chain_entry(
            id,
            seq=1,
            prev_hash="",
            at=at,
            actor="citizen",
            kind=HistoryKind.DRAFTED if new.draft else HistoryKind.REGISTERED,
            facts={
                "channel": new.origin.channel,
                "track": track,
                **({"urgent": "1"} if new.urgent else {}),
                **({"screening": "1"} if screened else {}),
            },
        )
        proceeding = self._proceeding(new)
        opened = Case(
            id=id,
            reference=await self._references.next(),
            received_at=at,
            updated_at=at,
            proceeding=proceeding,
            origin=new.origin,
            applicant=new.applicant.hidden() if new.applicant.anonymous else new.applicant,
            query_code=QueryCode(self._cases.code_hash(id, salt, code), salt, new.told),
            chain=Chain(entry.seq, entry.hash),
            compartment=compartment,
            unit_id=new.unit_id,
            urgent=new.urgent,
            screening_at=at if screened else 0,
            linked_case_id=new.linked_case_id,
            flags=new.flags,
            title=new.title or title_of(new.text),
            text=new.text,
            details=new.details or {},
        )
        return Opened(scheduled(opened, at, self.rules.now), code, entry)

    async def _sent(self, new: NewCase, compartment: Compartment) -> NewCase:
        """With the unit that the catalogue of competence names, and the reason. A draft is sent nowhere: what
        it is about is not known yet."""
        if self._competent is None or new.unit_id or new.draft or new.urgent:
            return new
        route = await self._competent(new.track, new.service_kind, new.origin.region, compartment, new.at)
        if route is None:
            return new
        details = {**(new.details or {}), ROUTED_BY: route.reason, ROUTED_WORD: route.by}
        return replace(new, unit_id=route.unit_id, details=details)

    def _proceeding(self, new: NewCase) -> Proceeding:
        draft = Proceeding(new.track)
        if new.draft:
            return draft
        data = {"channel": str(new.origin.kind)}  # of what came on paper the receipt is due later
        data |= {"kind": new.service_kind} if new.service_kind else {}
        return begun(draft, Attempt("submit", new.at, CaseRole.CIT, self.rules.now, data=data))

    def writes(self, opened: Opened) -> list[Write]:
        """The writes that store it."""
        return [self._cases.insert(opened.case), self._cases.insert_entry(opened.entry)]


def _compartment(new: NewCase) -> Compartment:
    surely = compartment_of(new.track)
    return Compartment.SCREENING if new.screening and surely is Compartment.NONE else surely


def title_of(text: str) -> str:
    """The beginning of a text, as a title."""
    line = " ".join(text.split())
    return line if len(line) <= _TITLE_LENGTH else line[: _TITLE_LENGTH - 1] + "…"
