"""The switch of a department: forward step by step, with nothing open; back at once, from anywhere.

Rule protected: who moved it, when and why stands in the same unit of work as the move, and is never changed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from hub.actions.departments.cutover.checklist import Checklist, ChecklistLine, Line, still_open
from hub.actions.departments.department_desk import DepartmentDesk
from hub.model.agent import Agent, Permission
from hub.model.departments.cutover import MOVES, Cutover, Explanation, Phase, Signature
from hub.repositories.departments.records import DepartmentRecords
from hub.runtime.clock import Clock
from hub.runtime.errors import Forbidden, HubError, Invalid, NotFound, Stale
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Duplicate, Write

log = logging.getLogger(__name__)

WHY_LACKING = "请写明原因，最多 200 个字"
NOTE_LACKING = "请写明看到了什么，例如尾号 8000 的手机几点收到，最多 200 个字"
LONGEST = 200


class NotReady(HubError):
    """Lines of the checklist are open; nothing was switched."""

    def __init__(self, lines: Sequence[ChecklistLine]) -> None:
        super().__init__(", ".join(one.line.value for one in lines))
        self.lines = tuple(lines)


class ChangePhase:
    """Who may see a department signs its checklist; who manages departments moves it."""

    def __init__(
        self,
        documents: Documents,
        records: DepartmentRecords,
        desk: DepartmentDesk,
        checklist: Checklist,
        clock: Clock,
    ) -> None:
        self._documents = documents
        self._records = records
        self._desk = desk
        self._checklist = checklist
        self._clock = clock

    async def begin(self, agent: Agent, department: str, *, why: str) -> None:
        """A department that has an old platform: from now on the hub takes nothing of it.

        Raises `Forbidden`, `NotFound`, `Invalid`; `Stale` when it was begun before.
        """
        await self._moving(agent, department, why)
        first = Cutover(department, Phase.OLD, self._clock.now_ms(), agent.id)
        await self._commit(
            [self._records.cutovers.insert(first), self._records.cutovers.note(None, first, why)]
        )
        self._log(first)

    async def move(self, agent: Agent, department: str, to: Phase, *, seq: int, why: str) -> None:
        """seq: of the state the page showed. Raises `Forbidden`, `NotFound`, `Invalid`, `NotReady`; `Stale`
        when it was moved meanwhile, or does not go there."""
        await self._moving(agent, department, why)
        registered = await self._desk.one_for(agent, department)
        before = await self._read(department)
        if before.value.seq != seq or to not in MOVES[before.value.phase]:
            raise Stale
        if to is Phase.NEW:
            lines = still_open(await self._checklist(registered, before.value))
            if lines:
                raise NotReady(lines)
        after = before.value.moved(to, by=agent.id, at=self._clock.now_ms())
        await self._commit(
            [
                self._records.cutovers.update(after, before.version),
                self._records.cutovers.note(before.value, after, why),
            ]
        )
        self._log(after)

    async def sign(self, agent: Agent, department: str, line: Line, *, note: str) -> None:
        """A person answers for a line by name. Raises `NotFound`, `Invalid`, `Stale`."""
        if not 0 < len(note) <= LONGEST:
            raise Invalid({f"note_{line.value}": NOTE_LACKING})
        registered = await self._desk.one_for(agent, department)
        lines = await self._checklist(registered, (await self._read(department)).value)
        if not any(one.by_hand and one.line is line for one in lines):
            raise NotFound
        signature = Signature(line.value, self._clock.now_ms(), agent.id, note)
        await self._change(agent, department, lambda cutover: cutover.with_signature(signature))

    async def unsign(self, agent: Agent, department: str, line: Line) -> None:
        """Takes it back. Raises `NotFound`, `Stale`."""
        await self._change(agent, department, lambda cutover: cutover.without_signature(line.value))

    async def explain(self, agent: Agent, department: str, reason: str, *, why: str) -> None:
        """A kind of difference is meant and no longer counts. Raises as `begin`; `NotFound` for one that is
        not there."""
        await self._moving(agent, department, why, field=f"why_{reason}")
        days = await self._checklist.days((await self._read(department)).value)
        if not any(reason in day.differences for day in days):
            raise NotFound
        explanation = Explanation(reason, self._clock.now_ms(), agent.id, why)
        await self._change(agent, department, lambda cutover: cutover.with_explanation(explanation))

    async def unexplain(self, agent: Agent, department: str, reason: str) -> None:
        """It counts again. Raises `Forbidden`, `NotFound`, `Stale`."""
        await self._moving(agent, department, "-")
        await self._change(agent, department, lambda cutover: cutover.without_explanation(reason))

    async def _moving(self, agent: Agent, department: str, why: str, *, field: str = "why") -> None:
        if not agent.may(Permission.DEPARTMENT_MANAGE):
            raise Forbidden(Permission.DEPARTMENT_MANAGE)
        await self._desk.one_for(agent, department)
        if not 0 < len(why) <= LONGEST:
            raise Invalid({field: WHY_LACKING})

    async def _change(self, agent: Agent, department: str, changed: Callable[[Cutover], Cutover]) -> None:
        await self._desk.one_for(agent, department)
        before = await self._read(department)
        await self._commit([self._records.cutovers.update(changed(before.value), before.version)])

    async def _read(self, department: str) -> Versioned[Cutover]:
        found = await self._records.cutovers.get(department)
        if found is None:
            raise NotFound
        return found

    async def _commit(self, writes: list[Write]) -> None:
        try:
            await self._documents.commit(writes)
        except (Conflict, Duplicate):
            raise Stale from None

    def _log(self, after: Cutover) -> None:
        log.warning("department.phase", extra={"department": after.id, "phase": after.phase.value})
