"""The queue as an agent sees it.

Lists and counts are made after the policy, so that a hidden case leaves no trace in them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from hub.actions.cases.agent_names import agent_names
from hub.actions.cases.masked_citizen import masked_citizen
from hub.actions.cases.queue.needs_of import NeedsOf
from hub.actions.cases.queue.query import QueuePlace, QueueQuery, selection_of
from hub.actions.cases.queue.screening_due import screening_due_at
from hub.actions.cases.queue.views import RULES, QueueView
from hub.model import policy
from hub.model.agent import Agent, Permission
from hub.model.cases.calendar import WorkCalendar
from hub.model.cases.case import Case
from hub.model.cases.queue.selection import Selection
from hub.model.cases.queue.standing import Mark
from hub.model.cases.triage_decision import DecisionKind, TriageDecision
from hub.model.people.contact import Need
from hub.model.units.sight import Sight
from hub.repositories.cases import COUNTED, COUNTED_BY_UNIT
from hub.repositories.repositories import Repositories
from hub.store.codec import Versioned
from hub.store.documents import Undeclared

__all__ = ["QueuePage", "QueueRow", "QueueView", "ReadQueue", "ReleasedRow"]

MANY = 100
"""Where no count is kept, nobody is counted beyond."""

_PAGE = 50
_RELEASED = 20
_MISSED = 500


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One line of the queue; nothing in it needs a second look-up.

    due_at: by when an inspector has to decide (ms UTC), 0 where nobody has to. place: for `?from=` of the
    page of the case. needs: of who brought it. tags: names of
    those it has.
    """

    case: Case
    version: int
    masked: str
    handler_name: str
    due_at: int
    place: str = ""
    needs: tuple[Need, ...] = ()
    tags: tuple[str, ...] = ()


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
        self._needs_of = NeedsOf(repositories)
        self._calendar = calendar
        self._screening_days = screening_days

    async def page(
        self,
        agent: Agent,
        query: QueueQuery | None = None,
        *,
        view: QueueView = QueueView.ALL,
        after: str | None = None,
    ) -> QueuePage:
        """A page of the queue and the counts of all views, as far as the agent may see.

        view: for who asks without a query. An `after` of another list gives the first page.
        """
        query = query or QueueQuery(view)
        selection = selection_of(agent, query)
        lists = self._repositories.case_queue
        try:
            page = await lists.page(selection, limit=_PAGE, after=after)
        except Undeclared:
            page = await lists.page(selection, limit=_PAGE)
        rows = await self.rows(page.cases)
        return QueuePage(
            tuple(replace(row, place=QueuePlace(query, _place(selection, row.case)).token()) for row in rows),
            await self.counts(agent),
            page.next,
        )

    async def ids(self, agent: Agent, query: QueueQuery, *, limit: int) -> list[str]:
        """Ids of the cases of a list in its order, the first `limit`, as far as the agent may see."""
        return await self._repositories.case_queue.ids(selection_of(agent, query), limit=limit)

    async def rows(self, cases: Sequence[Versioned[Case]]) -> tuple[QueueRow, ...]:
        """The lines of cases that were found to be visible to whoever will see them; in no list yet."""
        names = await agent_names(self._repositories, {found.value.handler_id for found in cases})
        needs = await self._needs_of(found.value for found in cases)
        tagged = any(found.value.tags for found in cases)
        tags = [one.value for one in await self._repositories.tags.every()] if tagged else []
        return tuple(
            QueueRow(
                found.value,
                found.version,
                masked_citizen(found.value),
                names.get(found.value.handler_id, ""),
                screening_due_at(found.value, self._calendar(), days=self._screening_days),
                needs=needs.get(found.value.id, ()),
                tags=tuple(tag.name for tag in tags if tag.bit & found.value.tags),
            )
            for found in cases
        )

    async def neighbour(
        self, agent: Agent, place: QueuePlace, case_id: str, step: int
    ) -> tuple[str, QueuePlace] | None:
        """The id of the next case (step 1) or the one before (-1) in a list, and its place there; None at the
        end of the list, and where the place is not known.

        A case that left the list, because it was closed just now, still has the place it had.
        """
        if not place.place:
            return None
        selection = selection_of(agent, place.query)
        found = await self._repositories.case_queue.beside(selection, case_id, place.place, step)
        return (found[0], QueuePlace(place.query, found[1])) if found else None

    async def released(self, agent: Agent) -> tuple[ReleasedRow, ...]:
        """The newest decisions to release a case, for those who decide; nothing for others."""
        if not agent.may(Permission.REPORT_READ):
            return ()
        found = await self._repositories.triage_decisions.newest(DecisionKind.RELEASED, limit=_RELEASED)
        names = await agent_names(self._repositories, {decision.by for decision in found})
        return tuple(ReleasedRow(decision, names.get(decision.by, "")) for decision in found)

    async def counts(self, agent: Agent) -> Mapping[QueueView, int]:
        """How many cases each view holds, as far as the agent may see."""
        lists, seen = self._repositories.case_queue, policy.sight(agent)
        # Of a few units all at once: what is seen beside them is read row by row.
        tallies = await lists.tallies(seen, 1, _VIEWED if seen.whole else (*_VIEWED, "handler_id"))
        counts: dict[QueueView, int] = {}
        for view, rule in RULES.items():
            if rule.mine:
                counts[view] = await self._mine(agent)
            elif rule.aside or "handler_id" in rule.fields:
                name, value = ("aside", agent.id) if rule.aside else ("handler_id", "")
                if name in tallies:
                    counts[view] = tallies[name].get(value, 0)
                    continue
                counts[view] = await lists.of_value(_own(seen, value), 1, name, value)
            elif rule.within is not None or not rule.is_open:
                within = seen if rule.within is None else seen.within({rule.within})
                counts[view] = sum((await lists.tally(within, rule.is_open, "band")).values())
            else:
                counts[view] = _counted(rule.fields, rule.marks, tallies)
        return counts

    async def count(self, agent: Agent, query: QueueQuery) -> tuple[int, bool]:
        """How many cases a query shows; whether nobody counted beyond `MANY`, as the store keeps no count."""
        selection = selection_of(agent, query)
        if RULES[query.show].mine and not query.filters:
            return await self._mine(agent), False
        chosen = {name: values for name, values in selection.fields.items() if name != "open"}
        narrowed = len(chosen) + bool(selection.marks) + bool(selection.tags)
        counted = COUNTED if selection.sight.whole else COUNTED_BY_UNIT
        kept = narrowed <= 1 and chosen.keys() | ({"tags"} if selection.tags else set()) <= set(counted)
        if not kept or selection.by_time:
            return await self._repositories.case_queue.at_most(selection, MANY), True
        [is_open] = selection.fields["open"]
        bits = "marks" if selection.marks else "tags" if selection.tags else ""
        name = next(iter(chosen), bits or "band")
        tally = await self._repositories.case_queue.tally(selection.sight, int(is_open), name)
        if bits:
            return _holding(tally, int(selection.marks) or selection.tags), False
        return _counted(chosen, selection.marks, {name: tally}), False

    async def _mine(self, agent: Agent) -> int:
        """Cases the agent works on without those put aside: only a handler puts a case aside."""
        lists, seen = self._repositories.case_queue, _own(policy.sight(agent), agent.id)
        own = await lists.of_value(seen, 1, "handler_id", agent.id)
        return own - await lists.of_value(seen, 1, "aside", agent.id)

    async def missed(self, agent: Agent, query: QueueQuery, since: int) -> frozenset[str]:
        """Ids of what was received after an instant (ms UTC), for a page that lost the thread; the newest
        500 at most."""
        selection = selection_of(agent, query)
        return await self._repositories.case_queue.received_after(selection, since, limit=_MISSED)


_VIEWED = ("band", "stage", "todo", "waits", "track", "marks")
"""Counted fields that views look at."""


def _own(seen: Sight, agent_id: str) -> Sight:
    """What may be counted as the whole store counts it, when it is in the agent's own hands: all of that is
    visible to who sees anything by being the handler."""
    hands = [dict(clause.fields).get("handler_id", ()) for clause in seen.clauses]
    return Sight.of(seen.compartments) if agent_id and any(agent_id in one for one in hands) else seen


def _counted(
    fields: Mapping[str, tuple[str | int, ...]],
    marks: Mark,
    tallies: Mapping[str, Mapping[str | int, int]],
) -> int:
    """Out of what the store has counted; without a condition: all of it."""
    if marks:
        return _holding(tallies["marks"], int(marks))
    [(name, wanted)] = fields.items() or [("band", None)]
    return sum(number for value, number in tallies[name].items() if wanted is None or value in wanted)


def _holding(tally: Mapping[str | int, int], wanted: int) -> int:
    """Of what is counted by sets of marks or tags: those that hold all the wanted ones."""
    return sum(number for held, number in tally.items() if int(held or 0) & wanted == wanted)


def _place(selection: Selection, case: Case) -> int:
    return case.received_at if selection.by_time else case.rank
