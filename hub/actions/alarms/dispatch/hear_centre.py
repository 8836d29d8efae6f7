"""What the system of a command desk reports of an alarm it was given: taken over, 派警, 到场, 反馈.

Rules protected: a report is known by its id, so that a repeat changes nothing; it is taken in any order and
however late, with the instant that it names; of an alarm that a desk was not given it hears as of one that
does not exist.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from hub.actions.alarms.dispatch.stored_step import step_writes
from hub.actions.alarms.dispatch.take_over import TakeOver
from hub.actions.alarms.ways import CommandDesk, Ways
from hub.model.alarms.alarm import Alarm, taken_over
from hub.model.alarms.handling import MOST_STEPS, HandlingStep, StepKind, known
from hub.model.notification import NotificationKind
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.runtime.errors import HubError, Invalid, NotFound
from hub.store.documents import Documents, Write
from hub.store.until_committed import until_committed

TAKEN_OVER = "taken_over"
_TRIES = 8
_SKEW_MS = 5 * 60_000
"""How far the clock of another system may be ahead or behind."""


class Heard(StrEnum):
    """What became of a report."""

    NEW = "new"
    SEEN = "seen"  # it had come before


class Clash(HubError):
    """The same id was used for another report, or there are too many of one alarm."""


@dataclass(frozen=True, slots=True)
class CentreReport:
    """id: of the report. event: taken_over, or a `StepKind` but a correction. at: ms UTC."""

    id: str
    alarm: str
    event: str
    at: int
    outcome: str = ""
    unit: str = ""
    who: str = ""
    text: str = ""


class HearCentre:
    """One report after the other."""

    def __init__(
        self,
        documents: Documents,
        repositories: Repositories,
        take_over: TakeOver,
        ways: Ways,
        clock: Clock,
    ) -> None:
        self._documents = documents
        self._repositories = repositories
        self._take_over = take_over
        self._ways = ways
        self._clock = clock

    async def __call__(self, desk_id: str, report: CentreReport) -> Heard:
        """Raises `NotFound`, `Invalid`, `Clash`; `Conflict` or `Duplicate` when it has to come again."""
        desk, now = self._ways.desk(desk_id), self._clock.now_ms()
        if desk is None:
            raise NotFound("desk")
        found = await self._repositories.alarms.get(report.alarm)
        if found is None or not _was_given(found.value, desk):
            raise NotFound("alarm")
        if not found.value.raised_at - _SKEW_MS <= report.at <= now + _SKEW_MS:
            raise Invalid({"at": "between the alarm and now"})
        at = max(report.at, found.value.raised_at)
        if report.event == TAKEN_OVER:
            await self._take_over.by_system(report.alarm, desk, at=at, who=report.who)
            return Heard.NEW

        async def decide() -> tuple[Sequence[Write], Heard]:
            return await self._decided(desk, report, at)

        return await until_committed(self._documents, decide, tries=_TRIES)

    async def _decided(
        self, desk: CommandDesk, report: CentreReport, at: int
    ) -> tuple[Sequence[Write], Heard]:
        alarm = await self._repositories.alarms.get(report.alarm)
        case = await self._repositories.cases.get(report.alarm)
        if alarm is None or case is None:
            raise NotFound("alarm")
        steps, kind = alarm.value.steps, StepKind(report.event)
        key = f"{desk.id}:{report.id}"
        before = known(steps, key)
        of = before.of if before else _dispatch(steps, desk, kind)
        step = HandlingStep(
            number=len(steps) + 1,
            kind=kind,
            at=at,
            noted_at=self._clock.now_ms(),
            key=key,
            desk=desk.id,
            of=of,
            outcome=report.outcome,
            unit=report.unit,
            who=report.who,
            text=report.text,
        )
        if before is not None:
            if not before.says_the_same(step):
                raise Clash("the id stands for another report")
            return (), Heard.SEEN
        if len(steps) >= MOST_STEPS:
            raise Clash("too many reports of this alarm")
        writes = step_writes(self._repositories, alarm, case, _as_taken(alarm.value, step), step)
        if kind is StepKind.FEEDBACK and (officer := alarm.value.by or case.value.handler_id):
            tell = self._repositories.notifications.tell
            writes.append(
                tell(officer, NotificationKind.MOVED, case.value.id, at=step.noted_at, cause=f"desk:{key}")
            )
        return writes, Heard.NEW


def _was_given(alarm: Alarm, desk: CommandDesk) -> bool:
    return any(one.desk == desk.id for one in alarm.passings)


def _as_taken(alarm: Alarm, step: HandlingStep) -> Alarm:
    """Who reports what they do has taken it over, whether they said so or not."""
    mine = [number for number, one in enumerate(alarm.passings) if one.desk == step.desk]
    if any(alarm.passings[number].taken_at for number in mine):
        return alarm
    at = max(step.at, alarm.passings[mine[-1]].sent_at)
    return taken_over(alarm, mine[-1], at=at, who=step.who)


def _dispatch(steps: Sequence[HandlingStep], desk: CommandDesk, kind: StepKind) -> int:
    """The last dispatch to the desk, or by it, that has not arrived: the one an arrival belongs to."""
    if kind is not StepKind.ARRIVED:
        return 0
    arrived = {one.of for one in steps if one.kind is StepKind.ARRIVED}
    sent = [one.number for one in steps if one.kind is StepKind.DISPATCHED and one.desk == desk.id]
    return next((number for number in reversed(sent) if number not in arrived), 0)
