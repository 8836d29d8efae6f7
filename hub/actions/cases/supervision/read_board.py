"""The board of supervisors and inspectors (统一电子监察): what stands now, and the figures of a month.

Rule protected: everything is of units and compartments the reader sees as a whole (`hub/model/policy.py`);
what somebody sees case by case beside that (own hands, open danger elsewhere) is in no figure. Ordinary cases
and reports are never added up together.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.actions.cases.agent_names import agent_names
from hub.actions.cases.queue.read_queue import ReadQueue
from hub.actions.cases.queue.views import QueueView
from hub.model import policy
from hub.model.agent import Agent, Permission
from hub.model.cases.case import Case
from hub.model.cases.queue.selection import Selection
from hub.model.staff.audit import AuditAct
from hub.model.supervision.figures import Figure, Figures, summed
from hub.model.supervision.month import Part, UnitMonth
from hub.model.track import Compartment
from hub.repositories.repositories import Repositories
from hub.repositories.supervision.figures import FigureRepository
from hub.runtime.clock import Clock, to_local
from hub.runtime.errors import Forbidden

MONTHS = 13
"""So many months a board goes back: a year, and the same month of the year before."""
_SAMPLED, _SAMPLED_FROM = 5, 200


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit in the league table. name: "" for cases that no unit has."""

    id: str
    name: str
    figures: Figures
    before: Figures


@dataclass(frozen=True, slots=True)
class HandlerRow:
    """A handler's load. open: cases in their hands now."""

    id: str
    name: str
    open: int
    figures: Figures


@dataclass(frozen=True, slots=True)
class Board:
    """months: those that may be chosen, the newest first. now: open cases by view, as the queue counts them.
    figures, before: of the month and of the one before. parts: of the month, by channel and so on. trend:
    month by month, the oldest first. reports: whether it is about reports behind the compartment. sampled:
    answered cases, taken by chance, the same all day.
    """

    month: str
    months: Sequence[str]
    reports: bool
    may_both: bool
    now: Mapping[QueueView, int]
    figures: Figures
    before: Figures
    units: Sequence[UnitRow]
    handlers: Sequence[HandlerRow]
    parts: Mapping[str, Mapping[str, Figures]]
    trend: Sequence[tuple[str, Figures]]
    sampled: Sequence[Case]


class ReadBoard:
    """Reads for agents."""

    def __init__(
        self, repositories: Repositories, figures: FigureRepository, queue: ReadQueue, clock: Clock
    ) -> None:
        self._repositories = repositories
        self._figures = figures
        self._queue = queue
        self._clock = clock

    async def __call__(self, agent: Agent, month: str = "", *, reports: bool = False) -> Board:
        """Of a month (`2026-11`); the present one for what is none of `Board.months`. Raises `Forbidden`."""
        if not agent.may(Permission.BOARD_READ):
            raise Forbidden(Permission.BOARD_READ)
        months = self._months()
        month = month if month in months else months[0]
        ordinary, walled = _scopes(agent)
        reports = bool(walled) and (reports or not ordinary)
        scope = walled if reports else ordinary
        rows = [
            one
            for inside, units in scope
            for one in await self._figures.sums(_with_before(months), inside, units)
        ]
        by_month = {one: summed(row.figures for row in rows if row.month == one) for one in months}
        before = _month_before(month)
        of_before = [row for row in rows if row.month == before]
        parts = await self._parts(month, scope)
        return Board(
            month=month,
            months=months,
            reports=reports,
            may_both=bool(ordinary and walled),
            now=await self._queue.counts(agent),
            figures=by_month[month],
            before=summed(row.figures for row in of_before),
            units=await self._units([row for row in rows if row.month == month], of_before),
            handlers=await self._handlers(agent, parts.get(Part.HANDLER, {}), reports=reports),
            parts=parts,
            trend=[(one, by_month[one]) for one in reversed(months)],
            sampled=await self._sampled(agent, reports=reports),
        )

    async def note_exported(self, agent: Agent, board: Board) -> None:
        """Stands in the audit before the file leaves."""
        await self._repositories.audit.add(
            AuditAct.FIGURES_EXPORTED,
            agent_id=agent.id,
            case_id="",
            at=self._clock.now_ms(),
            fields=(board.month, "reports" if board.reports else "ordinary"),
        )

    def _months(self) -> list[str]:
        month = f"{to_local(self._clock.now_ms()):%Y-%m}"
        found = [month]
        while len(found) < MONTHS:
            found.append(_month_before(found[-1]))
        return found

    async def _parts(self, month: str, scope: Sequence[_Scope]) -> dict[str, dict[str, Figures]]:
        found: dict[str, dict[str, list[Figures]]] = {}
        for inside, units in scope:
            for one in await self._figures.parts(month, inside, units):
                for part, values in one.items():
                    for value, figures in values.items():
                        found.setdefault(part, {}).setdefault(value, []).append(figures)
        return {
            part: {value: summed(several) for value, several in values.items()}
            for part, values in found.items()
        }

    async def _units(self, now: Sequence[UnitMonth], before: Sequence[UnitMonth]) -> list[UnitRow]:
        """In the order of the share that was finished in time, the best first."""
        ids = {row.unit for row in (*now, *before)}
        names = {unit.id: unit.name for unit in await self._repositories.units.list()}
        rows = [
            UnitRow(
                id,
                names.get(id, id),
                summed(row.figures for row in now if row.unit == id),
                summed(row.figures for row in before if row.unit == id),
            )
            for id in ids
        ]
        return sorted((row for row in rows if row.figures or row.before), key=_standing)

    async def _handlers(
        self, agent: Agent, figures: Mapping[str, Figures], *, reports: bool
    ) -> list[HandlerRow]:
        """Those with the most open cases first."""
        sight = policy.sight(agent).within(_compartments(reports=reports))
        tally = await self._repositories.case_queue.tally(sight, 1, "handler_id")
        held = {str(id): number for id, number in tally.items()}
        names = await agent_names(self._repositories, {id for id in (*held, *figures) if id})
        rows = [
            HandlerRow(id, names.get(id, ""), held.get(id, 0), figures.get(id, {}))
            for id in {*held, *figures}
        ]
        return sorted(rows, key=lambda row: (-row.open, row.name, row.id))

    async def _sampled(self, agent: Agent, *, reports: bool) -> list[Case]:
        """By chance, of what was answered last: another day, others."""
        sight = policy.sight(agent).within(_compartments(reports=reports))
        page = await self._repositories.case_queue.page(Selection(sight, {"open": (0,)}), limit=_SAMPLED_FROM)
        answered = [one.value for one in page.cases if one.value.proceeding.replied_at]
        chance = random.Random(f"{agent.id} {to_local(self._clock.now_ms()).date()}")
        return chance.sample(answered, min(_SAMPLED, len(answered)))


_Scope = tuple[frozenset[Compartment], frozenset[str] | None]
_ORDINARY = frozenset({Compartment.NONE})


def _scopes(agent: Agent) -> tuple[list[_Scope], list[_Scope]]:
    """Compartments and units (None: all) that the agent sees as a whole: ordinary ones, and reports."""
    ordinary: list[_Scope] = []
    walled: list[_Scope] = []
    for clause in policy.sight(agent).clauses:
        fields = dict(clause.fields)
        units = fields.pop("unit", None)
        if fields:
            continue
        inside = frozenset(clause.compartments)
        for found, wanted in ((ordinary, inside & _ORDINARY), (walled, inside - _ORDINARY)):
            if wanted:
                found.append((wanted, None if units is None else frozenset(map(str, units))))
    return ordinary, walled


def _compartments(*, reports: bool) -> frozenset[Compartment]:
    return frozenset(Compartment) - _ORDINARY if reports else _ORDINARY


def _month_before(month: str) -> str:
    year, number = map(int, month.split("-"))
    return f"{year - 1}-12" if number == 1 else f"{year}-{number - 1:02d}"


def _with_before(months: Sequence[str]) -> list[str]:
    return [*months, _month_before(months[-1])]


def _standing(row: UnitRow) -> tuple[float, int, str]:
    finished = row.figures.get(Figure.FINISHED, 0)
    share = row.figures.get(Figure.ON_TIME, 0) / finished if finished else -1.0
    return -share, -row.figures.get(Figure.RECEIVED, 0), row.id
