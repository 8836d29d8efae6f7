"""What staff see of a case's procedure: its limits, its documents, and what they may do next or why not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from campaigns.said import Listed, Said
from hub.actions.cases.case_rules import CaseRules
from hub.actions.cases.move_case import OWN_FORMS, UNASKED, is_unasked
from hub.model.agent import Agent, Permission
from hub.model.cases.attempt import Attempt
from hub.model.cases.case import Case
from hub.model.cases.clock import ClockState, Rules
from hub.model.cases.clock_names import ClockName
from hub.model.cases.proceeding import DocumentKind, Paper
from hub.model.cases.profile import ClockKind, Profile
from hub.model.cases.roles import ROLE_NAME, CaseRole
from hub.model.cases.staff_roles import other_unit, refusal, roles_of
from hub.model.cases.table import TABLE, Row
from hub.model.units.unit import Unit
from hub.repositories.agents import UnitRepository
from hub.repositories.case_warnings import CaseWarning, CaseWarningRepository
from hub.runtime.clock import Clock as WallClock
from hub.runtime.clock import day_of


@dataclass(frozen=True, slots=True)
class Limit:
    """One clock.

    days_left: to its last day, negative when it is over. provisional: a holiday notice is missing.
    """

    name: ClockName
    state: ClockState
    last_day: date
    days_left: int
    statutory: bool
    window: bool
    legal_basis: str
    provisional: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """A step of the table. why_not: why this agent cannot take it now, "" when they can."""

    event: str
    label: str
    why_not: str


_BY: Mapping[DocumentKind, tuple[ClockName, ...]] = {
    **dict.fromkeys(
        (
            DocumentKind.ACCEPTANCE,
            DocumentKind.TRANSFER,
            DocumentKind.REFUSAL,
            DocumentKind.NOT_AGAIN,
            DocumentKind.LEGAL_WAY,
        ),
        (ClockName.NOTIFY_15, ClockName.REPORT_ACCEPT),
    ),
    **dict.fromkeys(
        (DocumentKind.OPINION, DocumentKind.REPLY),
        (ClockName.HANDLE_60, ClockName.HANDLE_REMAND, ClockName.SUGGEST, ClockName.REPORT_FEEDBACK),
    ),
    DocumentKind.FUCHA_OPINION: (ClockName.FUCHA_30,),
    DocumentKind.FUHE_OPINION: (ClockName.FUHE_30,),
}
"""The clock that the delivery of a document stops."""


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A document. deliver_by: the day until which it has to be delivered, None when no limit runs for it."""

    paper: Paper
    deliver_by: date | None


@dataclass(frozen=True, slots=True)
class ProcedureView:
    """What the page shows.

    limits: those that run, stand still or were missed, the nearest first. offers: steps of its state.
    """

    limits: tuple[Limit, ...]
    papers: tuple[PaperLine, ...]
    offers: tuple[Offer, ...]
    warnings: tuple[CaseWarning, ...]
    items: int
    units: tuple[Unit, ...]


class ReadProcedure:
    """Reads for the page of a case."""

    def __init__(
        self,
        warnings: CaseWarningRepository,
        units: UnitRepository,
        rules: CaseRules,
        clock: WallClock,
    ) -> None:
        self._warnings = warnings
        self._units = units
        self._rules = rules
        self._clock = clock

    @property
    def profile(self) -> Profile:
        """The limits in force."""
        return self._rules.now.profile

    async def __call__(self, agent: Agent, case: Case) -> ProcedureView:
        """For an agent who may see the case."""
        now, rules = self._clock.now_ms(), self._rules.now
        given = await self._warnings.of_case(case.id)
        return ProcedureView(
            limits=limits_of(case, rules, now),
            papers=tuple(
                PaperLine(paper, _deliver_by(case, paper, rules)) for paper in case.proceeding.papers
            ),
            offers=_offers(agent, case, rules, now),
            warnings=tuple(one for one in given if not one.citizen and not one.skipped)[:5],
            items=case.proceeding.items,
            units=tuple(await self._units.list()),
        )


def limits_of(case: Case, rules: Rules, now: int) -> tuple[Limit, ...]:
    """The clocks that still say something, the nearest last day first."""
    today = day_of(now)
    found = []
    for clock in case.proceeding.clocks:
        if clock.state is ClockState.STOPPED or clock.name is ClockName.EXT:
            continue
        rule, last = rules.of(clock), rules.last_day(clock)
        found.append(
            Limit(
                name=clock.name,
                state=clock.state,
                last_day=last,
                days_left=(last - today).days,
                statutory=rule.statutory,
                window=rule.kind is ClockKind.WINDOW,
                legal_basis=rule.legal_basis,
                provisional=rules.calendar.is_provisional(last.year),
            )
        )
    return tuple(sorted(found, key=lambda limit: limit.last_day))


def _deliver_by(case: Case, paper: Paper, rules: Rules) -> date | None:
    if paper.delivered_at:
        return None
    running = (case.proceeding.running(name) for name in _BY.get(paper.kind, ()))
    clock = next((one for one in running if one is not None), None)
    return rules.last_day(clock) if clock else None


def _offers(agent: Agent, case: Case, rules: Rules, now: int) -> tuple[Offer, ...]:
    """Steps that start from where it stands, for staff; those nobody of the staff takes are left out."""
    if not agent.may(Permission.CASE_REPLY):
        return ()
    p = case.proceeding
    attempt = Attempt("", now, CaseRole.HND, rules, agent.id)
    played = roles_of(agent.roles, restricted=case.is_restricted)
    offers: dict[str, Offer] = {}
    for row in TABLE:
        if row.event in OWN_FORMS or p.state not in row.sources or p.track not in row.tracks:
            continue
        people = [role for role in row.may(p.track) if role not in (CaseRole.SYS, CaseRole.CIT)]
        if people:
            why_not = _why(row, case, attempt, played, people) or other_unit(agent, case, row.event)
            offers.setdefault(row.event, Offer(row.event, row.label, why_not))
    return tuple(offers.values())


def _why(
    row: Row, case: Case, attempt: Attempt, played: frozenset[CaseRole], people: Sequence[CaseRole]
) -> str:
    """Why the agent cannot, in any part they play."""
    mine = [role for role in people if role in played]
    if not mine:
        return Said("由%(who)s办理", who=Listed(Said(ROLE_NAME[role]) for role in people))
    if is_unasked(case, row.event):
        return UNASKED
    reasons = [refusal(case, row, replace(attempt, role=role)) for role in mine]
    return "" if "" in reasons else reasons[0]
