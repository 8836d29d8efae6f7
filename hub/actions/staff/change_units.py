"""Changes the tree of units, and whether cases are seen by unit: looked at first, kept, and by two persons
where somebody sees other cases afterwards.

Rules protected: no change leaves a case that nobody sees. What was looked at is what takes effect: a tree
that was changed meanwhile is looked at again.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from campaigns.said import Said
from hub.model import policy
from hub.model.agent import Agent, Permission
from hub.model.notification import NotificationKind
from hub.model.staff.audit import AuditAct
from hub.model.track import Compartment, Track
from hub.model.units.tree import Deputy, Division, Tree
from hub.model.units.unit_change import Problem, UnitChange, Wanted, applied, changed
from hub.repositories.agents import AgentRepository, UnitRepository
from hub.repositories.staff.audit import AuditRepository
from hub.repositories.staff.notifications import NotificationRepository
from hub.runtime.clock import Clock
from hub.runtime.errors import Forbidden, Invalid, NotFound, Stale
from hub.runtime.ids import new_id
from hub.store.documents import Conflict, Documents, Duplicate, Write

LOG = logging.getLogger(__name__)
_MOST_DEPUTIES = 500
_MOST_NOTED = 20
"""Units that a row of the audit names; the change itself keeps all."""


@dataclass(frozen=True, slots=True)
class Office:
    """The tree as it is; how many accounts each unit has, by its id."""

    tree: Tree
    division: Division
    staff: dict[str, tuple[Agent, ...]]


@dataclass(frozen=True, slots=True)
class Look:
    """What a change would do. problems: it cannot be asked for. affected: who sees other cases afterwards.
    divides: cases are seen by unit from then on, or not any more."""

    before: Tree
    change: UnitChange
    problems: Sequence[Problem] = ()
    affected: Sequence[Agent] = ()
    divides: bool = False

    @property
    def waits(self) -> bool:
        """Whether a second person confirms it."""
        return bool(self.affected)


class ChangeUnits:
    """Made once by the composition root."""

    def __init__(
        self,
        documents: Documents,
        agents: AgentRepository,
        units: UnitRepository,
        notifications: NotificationRepository,
        audit: AuditRepository,
        clock: Clock,
    ) -> None:
        self._documents = documents
        self._agents = agents
        self._units = units
        self._changes = units.changes
        self._notifications = notifications
        self._audit = audit
        self._clock = clock

    async def office(self) -> Office:
        """As it is now."""
        staff: dict[str, tuple[Agent, ...]] = {}
        for agent in await self._agents.list():
            staff[agent.unit_id] = (*staff.get(agent.unit_id, ()), agent)
        division = await self._units.division.get()
        return Office(Tree.of(await self._units.list()), division.value, staff)

    async def waiting(self) -> Sequence[UnitChange]:
        """What waits for a second person, the oldest first."""
        return [one.value for one in await self._changes.waiting()]

    async def history(self) -> Sequence[UnitChange]:
        """What was decided, the newest first."""
        return await self._changes.decided()

    async def look(self, agent: Agent, wanted: Sequence[Wanted], *, divided: bool | None = None) -> Look:
        """What units as they are wanted would change; stores nothing. divided: None as it is."""
        division = (await self._units.division.get()).value
        before = Tree.of(await self._units.list())
        after, problems = applied(before, wanted)
        by_unit = division.divided if divided is None else divided
        now = self._clock.now_ms()
        change = UnitChange(
            new_id(now), agent.id, now, division.revision, changed(before, after), divided=by_unit
        )
        affected, nobody = await self._affected(before, after, division, by_unit=by_unit)
        if nobody:
            zh, en = "这样一来，没有单位的工单谁都看不到", "nobody would see cases that stand in no unit"
            problems = [*problems, Problem(0, "divided", zh, en)]
        divides = by_unit != division.divided
        return Look(before, replace(change, affected=len(affected)), problems, affected, divides=divides)

    async def ask(self, agent: Agent, look: Look) -> bool:
        """Does what was looked at, or lets it wait; whether so. Raises `Invalid`, `Stale`, `Forbidden`."""
        if not agent.may(Permission.AGENT_MANAGE):
            raise Forbidden(Permission.AGENT_MANAGE)
        if look.problems:
            raise Invalid({one.field: one.zh for one in look.problems})
        if not (look.change.units or look.waits or look.divides):
            raise Invalid({"code": Said("没有变化")})
        if look.waits:
            await self._documents.commit([self._changes.insert(look.change)])
        else:
            decided = replace(look.change, decided_at=self._clock.now_ms(), decided_by=agent.id)
            await self._commit(decided, [self._changes.insert(decided)], ())
        LOG.info("units.change_asked", extra={"change": look.change.id, "by": agent.id, "waits": look.waits})
        return look.waits

    async def decide(self, agent: Agent, change_id: str, *, confirm: bool) -> None:
        """Raises `NotFound`, `Forbidden` for who asked, `Stale` when it is decided or something else was
        changed since it was looked at."""
        found = await self._changes.get(change_id)
        if found is None:
            raise NotFound("unit_change")
        if not may_decide(agent, found.value):
            raise Forbidden(Permission.AGENT_MANAGE)
        if found.value.decided_at:
            raise Stale("unit_change")
        decided = replace(
            found.value, decided_at=self._clock.now_ms(), decided_by=agent.id, refused=not confirm
        )
        writes: list[Write] = [self._changes.update(decided, found.version)]
        if confirm:
            before = Tree.of(await self._units.list())
            after = Tree.of({**before.units, **{one.id: one for one in decided.units}}.values())
            office = (await self._units.division.get()).value
            affected, nobody = await self._affected(before, after, office, by_unit=decided.divided)
            if nobody:
                raise Invalid({"divided": Said("这样一来，没有单位的工单谁都看不到")})
            await self._commit(decided, writes, affected)
        else:
            await self._write(writes)
        extra = {"change": change_id, "by": agent.id, "confirmed": confirm}
        LOG.info("units.change_decided", extra=extra)

    async def stand_in(self, agent: Agent, deputy: Deputy) -> None:
        """Asks that somebody stands in for an absent colleague (代理) for some days: it always waits, because
        the deputy sees more. Raises `Invalid`, `Forbidden`."""
        if not agent.may(Permission.AGENT_MANAGE):
            raise Forbidden(Permission.AGENT_MANAGE)
        people = await self._agents.get_many([deputy.absent, deputy.deputy])
        now = self._clock.now_ms()
        problems: dict[str, str] = {}
        if deputy.absent not in people:
            problems["absent"] = Said("请选择外出人员")
        if deputy.deputy not in people or not people[deputy.deputy].may(Permission.CASE_REPLY):
            problems["deputy"] = Said("请选择能办理工单的代理人")
        elif deputy.deputy == deputy.absent:
            problems["deputy"] = Said("本人不能代理本人")
        if not now < deputy.until or deputy.until <= deputy.since:
            problems["until"] = Said("结束日期应在今天以后，不早于开始日期")
        if problems:
            raise Invalid(problems)
        office = (await self._units.division.get()).value
        change = UnitChange(
            new_id(now),
            agent.id,
            now,
            office.revision,
            divided=office.divided,
            affected=1,
            deputies=(deputy,),
        )
        await self._write([self._changes.insert(change)])
        extra = {"absent": deputy.absent, "deputy": deputy.deputy, "by": agent.id}
        LOG.info("units.deputy_asked", extra=extra)

    async def _affected(
        self, before: Tree, after: Tree, division: Division, *, by_unit: bool
    ) -> tuple[list[Agent], bool]:
        """Who would see other cases, and whether nobody would see what stands in no unit."""
        now, then = self._clock.now_ms(), replace(division, divided=by_unit)
        affected, seen = [], False
        for agent in await self._agents.list():
            was = replace(agent, place=before.place(agent.id, agent.unit_id, division, now))
            will = replace(agent, place=after.place(agent.id, agent.unit_id, then, now))
            if policy.sight(was) != policy.sight(will):
                affected.append(will)
            seen = seen or policy.sight(will).holds(_NOWHERE)
        return affected, by_unit and not seen

    async def _commit(self, change: UnitChange, writes: list[Write], affected: Sequence[Agent]) -> None:
        office = await self._units.division.get()
        if office.value.revision != change.revision:
            raise Stale("unit_change")
        now = self._clock.now_ms()
        for unit in change.units:
            known = await self._units.versioned(unit.id)
            writes.append(self._units.replacement(unit, known.version) if known else self._units.write(unit))
        absent = {one.absent for one in change.deputies}
        kept = [one for one in office.value.deputies if one.until > now and one.absent not in absent]
        deputies = (*kept, *change.deputies)[-_MOST_DEPUTIES:]
        after = replace(office.value, divided=change.divided, deputies=deputies)
        writes.append(self._units.division.write(after, office.version))
        told = {agent.id for agent in affected if agent.active} | {one.deputy for one in change.deputies}
        writes += [self._told(id, now) for id in sorted(told)]
        changed_units = tuple(unit.id for unit in change.units[:_MOST_NOTED])
        try:
            await self._audit.add(
                AuditAct.UNITS_CHANGED,
                agent_id=change.decided_by,
                case_id="",
                at=now,
                fields=(*changed_units, *(("divided",) if change.divided else ())),
                also=writes,
            )
        except (Conflict, Duplicate) as late:
            raise Stale("unit_change") from late

    def _told(self, agent_id: str, now: int) -> Write:
        return self._notifications.tell(agent_id, NotificationKind.RIGHTS_CHANGED, "", at=now, cause=str(now))

    async def _write(self, writes: Sequence[Write]) -> None:
        try:
            await self._documents.commit(writes)
        except (Conflict, Duplicate) as late:
            raise Stale("unit_change") from late


def may_decide(agent: Agent, change: UnitChange) -> bool:
    """An administrator or inspector other than who asked."""
    return agent.id != change.by and (agent.may(Permission.AGENT_MANAGE) or agent.may(Permission.REPORT_READ))


_NOWHERE = {
    "compartment": Compartment.NONE,
    "unit": "",
    "handler_id": "",
    "track": Track.SERVICE,
    "open": 1,
    "higher": 0,
}
"""What a case in nobody's hands that came to no desk has stored."""
