"""One alarm with everything that was done about it, as whoever may see its case sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hub.actions.alarms.dispatch.take_over import TakeOver
from hub.actions.alarms.ways import CommandDesk, Ways
from hub.actions.cases.agent_names import agent_names
from hub.model import policy
from hub.model.agent import Agent, Permission
from hub.model.alarms.alarm import Alarm, AlarmState, Passing
from hub.model.alarms.handling import HandlingStep, Milestones, StepKind, as_corrected, milestones
from hub.model.cases.case import Case
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.runtime.errors import NotFound


@dataclass(frozen=True, slots=True)
class LifeEvent:
    """One line of the timeline. kind: raised, confirmed, forwarded, passed, taken, untaken, dismissed, or a
    `StepKind`. at: when it happened; noted_at: when it was written, where that is another time. who: name of
    a person or of a system, "" for the hub."""

    at: int
    kind: str
    who: str = ""
    desk: str = ""
    noted_at: int = 0
    passing: Passing | None = None
    step: HandlingStep | None = None
    said: str = ""


@dataclass(frozen=True, slots=True)
class Handling:
    """takes_over: desks for which the agent may press 已接收. may: step kinds the agent may write now.
    open_dispatches: those that have not arrived. desks: to choose from, the nearest first."""

    alarm: Alarm
    case: Case
    life: tuple[LifeEvent, ...]
    done: Milestones
    takes_over: tuple[CommandDesk, ...]
    may: frozenset[StepKind]
    open_dispatches: tuple[HandlingStep, ...]
    desks: tuple[CommandDesk, ...]


class ReadHandling:
    """Reads for agents."""

    def __init__(self, repositories: Repositories, take_over: TakeOver, ways: Ways, clock: Clock) -> None:
        self._repositories = repositories
        self._take_over = take_over
        self._ways = ways
        self._clock = clock

    async def __call__(self, agent: Agent, case_id: str) -> Handling:
        """Raises `NotFound`."""
        found = await self.of(agent, case_id)
        if found is None:
            raise NotFound("alarm")
        return found

    async def of(self, agent: Agent, case_id: str) -> Handling | None:
        """None for a case without an alarm, or that does not exist for the agent."""
        case = await self._repositories.cases.get(case_id)
        alarm = await self._repositories.alarms.get(case_id)
        if case is None or alarm is None or not policy.may_see(agent, case.value):
            return None
        return Handling(
            alarm=alarm.value,
            case=case.value,
            life=await self.life(alarm.value),
            done=milestones(alarm.value.steps),
            takes_over=await self._takes_over(agent, alarm.value),
            may=_may(agent, alarm.value),
            open_dispatches=_open_dispatches(alarm.value.steps),
            desks=self._desks(case.value),
        )

    async def life(self, alarm: Alarm) -> tuple[LifeEvent, ...]:
        """Everything, in the order in which it happened."""
        ids = {alarm.by, *(step.by for step in alarm.steps), *(p.taken_by for p in alarm.passings)}
        names = await agent_names(self._repositories, ids - {""})
        known = {id: found.name for id in ("", *self._ways.desks) if (found := self._ways.desk(id))}

        def desk(id: str) -> str:
            return known.get(id, id)

        events = [LifeEvent(alarm.raised_at, "raised")]
        if alarm.confirmed_at:
            events.append(LifeEvent(alarm.confirmed_at, "confirmed", names.get(alarm.by, "")))
        if alarm.forwarded_at:
            events.append(LifeEvent(alarm.forwarded_at, "forwarded", said=alarm.reason))
        for number, one in enumerate(alarm.passings):
            who = (alarm.taken_who or {}).get(str(number), "") or names.get(one.taken_by, "")
            who = who or (alarm.answered_by if one.taken_at and not one.desk else "")
            events.append(LifeEvent(one.sent_at, "passed", who, desk(one.desk), passing=one))
        for step in alarm.steps:
            who = names.get(step.by, "") if step.by else " ".join(filter(None, (desk(step.desk), step.who)))
            noted = step.noted_at if step.at and abs(step.noted_at - step.at) >= _SHOWN_MS else 0
            at = step.noted_at if step.kind is StepKind.CORRECTED else step.at
            events.append(LifeEvent(at, step.kind, who, desk(step.desk), noted, step=step, said=step.text))
        if alarm.untaken_at:
            events.append(LifeEvent(alarm.untaken_at, "untaken"))
        if alarm.dismissed_at:
            events.append(LifeEvent(alarm.dismissed_at, "dismissed"))
        return tuple(sorted(events, key=lambda one: one.at))

    def _desks(self, case: Case) -> tuple[CommandDesk, ...]:
        """The desk of the case's city first, the 110 centre last."""
        known = [*self._ways.desks.values(), self._ways.desk("")]
        city = case.origin.region
        return tuple(
            sorted(filter(None, known), key=lambda one: (one.region != city if city else False, not one.id))
        )

    async def _takes_over(self, agent: Agent, alarm: Alarm) -> tuple[CommandDesk, ...]:
        if not agent.may(Permission.CASE_REPLY):
            return ()
        taken = {one.desk for one in alarm.passings if one.taken_at}
        waiting = dict.fromkeys(one.desk for one in alarm.passings if one.desk not in taken)
        desks = [desk for id in waiting if (desk := self._ways.desk(id))]
        return tuple([desk for desk in desks if await self._take_over.is_staff(agent, desk)])


_SHOWN_MS = 60_000
"""By so much a step was written later than it happened that both times are shown."""


def _may(agent: Agent, alarm: Alarm) -> frozenset[StepKind]:
    """What the page offers; the action says why not of what is tried all the same."""
    if alarm.state is AlarmState.WAITING or not agent.may(Permission.CASE_REPLY):
        return frozenset()
    kinds = {step.kind for step in alarm.steps}
    offered = {StepKind.CORRECTED} if kinds else set()
    if alarm.state is not AlarmState.OVER and StepKind.FEEDBACK not in kinds:
        offered |= {StepKind.DISPATCHED, StepKind.FEEDBACK}
    if alarm.state is not AlarmState.OVER and _open_dispatches(alarm.steps):
        offered |= {StepKind.ARRIVED}
    return frozenset(offered)


def _open_dispatches(steps: Sequence[HandlingStep]) -> tuple[HandlingStep, ...]:
    arrived = {one.of for one in steps if one.kind is StepKind.ARRIVED}
    standing = as_corrected(steps)
    return tuple(s for s in standing if s.kind is StepKind.DISPATCHED and s.number not in arrived)
