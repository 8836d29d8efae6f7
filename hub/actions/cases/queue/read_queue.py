"""The queue as an agent sees it.

Lists and counts are made after the policy, so that a hidden case leaves no trace in them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from hub.actions.cases.agent_names import agent_names
from hub.actions.cases.masked_citizen import masked_citizen
from hub.actions.cases.queue.screening_due import screening_due_at
from hub.model import policy
from hub.model.agent import Agent, Permission
from hub.model.cases.calendar import WorkCalendar
from hub.model.cases.case import NEAR_DANGER, Case
from hub.model.cases.triage_decision import DecisionKind, TriageDecision
from hub.model.track import Compartment, Track
from hub.repositories.repositories import Repositories
from hub.store.codec import Versioned
from hub.store.documents import MAX_LIMIT

_PAGE = 50
_RELEASED = 20


class QueueView(StrEnum):
    """Saved views of the one queue."""

    ALL = "all"
    MINE = "mine"
    UNASSIGNED = "unassigned"
    WAITING = "waiting"
    EMERGENCY = "emergency"
    POSSIBLE = "possible"  # 疑似险情
    SCREENING = "screening"  # 待甄别, for those who read REPORT cases
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One line of the queue; nothing in it needs a second look-up.

    due_at: by when an inspector has to decide (ms UTC), 0 where nobody has to.
    """

    case: Case
    version: int
    masked: str
    handler_name: str
    due_at: int


@dataclass(frozen=True, slots=True)
class QueuePage:
    """One page with the counts of every view. `next` continues it, None at the end."""

    rows: tuple[QueueRow, ...]
    counts: Mapping[QueueView, int]
    next: str | None


@dataclass(frozen=True, slots=True)
class ReleasedRow:
    """A case that an inspector gave to the ordinary queue, and why."""

    decision: TriageDecision
    by_name: str


class ReadQueue:
    """Reads the queue for agents."""

    def __init__(
        self, repositories: Repositories, calendar: Callable[[], WorkCalendar], *, screening_days: int
    ) -> None:
        """calendar: the office's, as it is now.

        screening_days: workdays in which an inspector decides about a case in 待甄别.
        """
        self._repositories = repositories
        self._calendar = calendar
        self._screening_days = screening_days

    async def page(
        self, agent: Agent, *, view: QueueView = QueueView.ALL, after: str | None = None
    ) -> QueuePage:
        """A page of the queue and the counts of all views, as far as the agent may see."""
        page = await self._repositories.cases.page(
            _compartments(view, agent),
            _where(view, agent),
            limit=_PAGE,
            after=after,
            newest_first=view is QueueView.CLOSED,
        )
        return QueuePage(await self.rows(page.cases), await self.counts(agent), page.next)

    async def rows(self, cases: Sequence[Versioned[Case]]) -> tuple[QueueRow, ...]:
        """The lines of cases that were found to be visible to whoever will see them."""
        names = await agent_names(self._repositories, {found.value.handler_id for found in cases})
        return tuple(
            QueueRow(
                found.value,
                found.version,
                masked_citizen(found.value),
                names.get(found.value.handler_id, ""),
                screening_due_at(found.value, self._calendar(), days=self._screening_days),
            )
            for found in cases
        )

    async def released(self, agent: Agent) -> tuple[ReleasedRow, ...]:
        """The newest decisions to release a case, for those who decide; nothing for others."""
        if not agent.may(Permission.REPORT_READ):
            return ()
        found = await self._repositories.triage_decisions.newest(DecisionKind.RELEASED, limit=_RELEASED)
        names = await agent_names(self._repositories, {decision.by for decision in found})
        return tuple(ReleasedRow(decision, names.get(decision.by, "")) for decision in found)

    async def counts(self, agent: Agent) -> Mapping[QueueView, int]:
        """How many cases each view holds, as far as the agent may see."""
        return {
            view: await self._repositories.cases.count(_compartments(view, agent), _where(view, agent))
            for view in QueueView
        }

    async def received_after(self, agent: Agent, instant: int, *, view: QueueView) -> frozenset[str]:
        """Of those, the newest that were received after `instant`; at most `MAX_LIMIT`."""
        cases = await self._repositories.cases.page(
            _compartments(view, agent),
            {**_where(view, agent), "updated_at": {"$gt": instant}},
            limit=MAX_LIMIT - 1,
            newest_first=True,
        )
        return frozenset(found.value.id for found in cases.cases if found.value.received_at > instant)


def filter_of(view: QueueView, agent: Agent) -> tuple[frozenset[Compartment], dict[str, Any]]:
    """Which cases a view shows to the agent: their compartments, and what is asked of them."""
    return _compartments(view, agent), _where(view, agent)


def _compartments(view: QueueView, agent: Agent) -> frozenset[Compartment]:
    """Of what the agent may see, what the view shows."""
    visible = policy.compartments(agent)
    return visible & {Compartment.SCREENING} if view is QueueView.SCREENING else visible


def _where(view: QueueView, agent: Agent) -> dict[str, Any]:
    """What the view shows to the agent. Late requests are no state: a higher reviewer is sent to those."""
    if policy.only_reviews(agent):
        return {**_of_view(view, agent), "state": {"$in": sorted(policy.REVIEWED)}}
    return _of_view(view, agent)


def _of_view(view: QueueView, agent: Agent) -> dict[str, Any]:
    match view:
        case QueueView.ALL:
            return {"open": 1}
        case QueueView.MINE:
            return {"open": 1, "handler_id": agent.id}
        case QueueView.UNASSIGNED:
            return {"open": 1, "handler_id": ""}
        case QueueView.WAITING:
            return {"open": 1, "waits": 1}
        case QueueView.EMERGENCY:
            return {"open": 1, "track": str(Track.EMERGENCY)}
        case QueueView.POSSIBLE:
            return {"open": 1, "rank": {"$gte": NEAR_DANGER.start, "$lt": NEAR_DANGER.stop}}
        case QueueView.SCREENING:
            return {"open": 1}
        case QueueView.CLOSED:
            return {"open": 0}
