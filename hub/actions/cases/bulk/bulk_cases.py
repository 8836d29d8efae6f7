"""Assigns, routes, tags or merges many cases: looked at before, taken back within a moment, done one by one.

Each case is changed by the very action that changes it alone, in a unit of work of its own, so that one that
is refused holds up no other. A run is a durable row: after a crash it goes on where it was, and what was done
already is not done again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from campaigns.said import Said
from hub.actions.cases.assign_case import AssignCase
from hub.actions.cases.move_case import MoveCase
from hub.actions.cases.tags.tag_case import TagCase
from hub.model import policy
from hub.model.agent import Agent
from hub.model.cases.case import Case
from hub.model.cases.moves import IllegalMove
from hub.model.cases.state import CaseState
from hub.model.staff.bulk_run import MOST_CASES, UNDO_MS, BulkKind, BulkRow, BulkRun, Outcome
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.runtime.errors import Forbidden, Invalid, NotFound, Stale
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Duplicate

_AT_ONCE = 20
"""Cases after which it is written down how far a run came."""

_TAGS: Mapping[BulkKind, Callable[[str], tuple[tuple[str, ...], tuple[str, ...]]]] = {
    BulkKind.TAG: lambda id: ((id,), ()),
    BulkKind.UNTAG: lambda id: ((), (id,)),
}
"""What is put on and what is taken off."""
_CHANGED, _FORBIDDEN = "工单刚被别人改动", "没有权限"
_TRIES = 3


@dataclass(frozen=True, slots=True)
class BulkLine:
    """What would become of one case. why_not: "" when it would happen."""

    case: Case
    why_not: str


class BulkCases:
    """Runs over many cases."""

    def __init__(
        self,
        documents: Documents,
        repositories: Repositories,
        assign_case: AssignCase,
        move_case: MoveCase,
        tag_case: TagCase,
        clock: Clock,
    ) -> None:
        self._documents = documents
        self._repositories = repositories
        self._assign = assign_case
        self._move = move_case
        self._tag = tag_case
        self._clock = clock

    async def preview(
        self, agent: Agent, kind: BulkKind, data: Mapping[str, str], ids: Sequence[str]
    ) -> tuple[BulkLine, ...]:
        """What would happen to each; cases that do not exist for the agent are left out.

        Raises `Invalid` when there are none, or too many.
        """
        if not ids:
            raise Invalid({"case_id": "请先选择工单"})
        if len(ids) > MOST_CASES:
            raise Invalid({"case_id": Said("一次最多 %(most)s 件工单", most=MOST_CASES)})
        found = await self._repositories.cases.many(list(dict.fromkeys(ids)))
        seen = [found[id] for id in dict.fromkeys(ids) if id in found and policy.may_see(agent, found[id])]
        if not seen:
            raise Invalid({"case_id": "请先选择工单"})
        return tuple([BulkLine(case, await self._why_not(agent, kind, data, case)) for case in seen])

    async def start(
        self, agent: Agent, run_id: str, kind: BulkKind, data: Mapping[str, str], ids: Sequence[str]
    ) -> BulkRun:
        """The run, which begins in a moment; the same id again is the same run. Raises `Invalid`."""
        lines = await self.preview(agent, kind, data, ids)
        now = self._clock.now_ms()
        rows = tuple(BulkRow(line.case.id) for line in lines)
        run = BulkRun(run_id, agent.id, kind, now, now + UNDO_MS, rows, data=dict(data))
        try:
            await self._documents.commit([self._repositories.bulk_runs.insert(run)])
        except Duplicate:
            return (await self._own(agent, run_id)).value
        return run

    async def read(self, agent: Agent, run_id: str) -> BulkRun:
        """A run of the agent's. Raises `NotFound`."""
        return (await self._own(agent, run_id)).value

    async def cancel(self, agent: Agent, run_id: str) -> None:
        """Takes it back. Raises `NotFound`, and `Stale` when it has begun."""
        found = await self._own(agent, run_id)
        now = self._clock.now_ms()
        if found.value.canceled_at:
            return
        if not found.value.is_open or found.value.begun_at:
            raise Stale("bulk_run")
        canceled = replace(found.value, canceled_at=now)
        try:
            await self._documents.commit([self._repositories.bulk_runs.update(canceled, found.version)])
        except Conflict:
            raise Stale("bulk_run") from None

    async def step(self) -> bool:
        """Carries out some cases of the run that is due; whether there may be more to do at once."""
        found = await self._repositories.bulk_runs.due(self._clock.now_ms())
        if found is None:
            return False
        if not found.value.begun_at:  # from here on nobody takes it back
            return await self._keep(found, replace(found.value, begun_at=self._clock.now_ms()))
        run = found.value
        who = await self._repositories.agents.get(run.agent_id)
        rows = list(run.rows)
        todo = [place for place, row in enumerate(rows) if row.outcome is Outcome.WAITING]
        for place in todo[:_AT_ONCE]:
            rows[place] = await self._carried_out(who.value if who else None, run, rows[place])
        ended = self._clock.now_ms() if len(todo) <= _AT_ONCE else 0
        return await self._keep(found, replace(run, rows=tuple(rows), ended_at=ended))

    async def _keep(self, found: Versioned[BulkRun], after: BulkRun) -> bool:
        try:
            await self._documents.commit([self._repositories.bulk_runs.update(after, found.version)])
        except Conflict:  # taken back, or another process carries it out: what it did is not done twice
            return False
        return True

    async def _own(self, agent: Agent, run_id: str) -> Versioned[BulkRun]:
        found = await self._repositories.bulk_runs.get(run_id)
        if found is None or found.value.agent_id != agent.id:
            raise NotFound("bulk_run")
        return found

    async def _why_not(self, agent: Agent, kind: BulkKind, data: Mapping[str, str], case: Case) -> str:
        if kind is BulkKind.ASSIGN:
            return await self._assign.why_not(agent, case, data.get("handler_id", ""))
        if kind in _TAGS:
            return await self._tag.why_not((data.get("tag", ""),)) if kind is BulkKind.TAG else ""
        return await self._move.why_not(agent, case, kind, data)

    async def _carried_out(self, agent: Agent | None, run: BulkRun, row: BulkRow) -> BulkRow:
        for _ in range(_TRIES):
            try:
                await self._change(agent, run, row.case_id)
            except Stale:
                continue
            except IllegalMove as problem:
                return row.refused(problem.reason)
            except Invalid as problem:
                return row.refused(next(iter(problem.problems.values())))
            except (NotFound, Forbidden):
                return row.refused(_FORBIDDEN)
            return replace(row, outcome=Outcome.DONE)
        return row.refused(_CHANGED)

    async def _change(self, agent: Agent | None, run: BulkRun, case_id: str) -> None:
        found = await self._repositories.cases.get(case_id)
        if agent is None or found is None or not policy.may_see(agent, found.value):
            raise NotFound("case")
        data = run.data or {}
        if _is_done(found.value, run):
            return
        if run.kind is BulkKind.ASSIGN:
            await self._assign(agent, case_id, data.get("handler_id", ""), version=found.version)
        elif run.kind in _TAGS:
            on, off = _TAGS[run.kind](data.get("tag", ""))
            await self._tag(agent, case_id, on=on, off=off, version=found.version)
        else:
            await self._move(agent, case_id, run.kind, data, version=found.version)


def _is_done(case: Case, run: BulkRun) -> bool:
    """Whether a run that was cut off did it, or somebody else: either way it is as it was asked for."""
    data = run.data or {}
    match run.kind:
        case BulkKind.ASSIGN:
            return case.handler_id == data.get("handler_id", "")
        case BulkKind.ROUTE:
            routed = case.proceeding.event == "route" and case.proceeding.unit_id == data.get("unit")
            return routed and case.updated_at >= run.starts_at
        case BulkKind.MERGE:
            return case.state is CaseState.MERGED
        case BulkKind.TAG | BulkKind.UNTAG:
            return False  # done twice it changes nothing
