"""When a campaign fires. The only module that knows APScheduler, and it knows it as a clock.

Rules protected: a stored schedule is ours (APScheduler's job stores fire twice with two processes and
drop what was due while the server was down); times are local to China and aware (a naive one is read
in the scheduler's zone); weekdays are names (its 0 is Monday, cron's is Sunday). What is due is
decided from the stored schedule by `due_slot`; the alarm clock only says "look now".
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.date import DateTrigger

from campaigns import crontab
from campaigns.campaign import CatchUp
from campaigns.errors import BadSchedule
from campaigns.window import CHINA

MIN_GAP_SECONDS = 3600
PUNCTUAL_SECONDS = 60  # as late as a tick may come without counting as missed
_DAY = timedelta(days=1)
_LONGEST_REST = timedelta(days=60)
_MOST_TRIES = 800  # two years of days: a plan that finds no working day in them has none


@dataclass(frozen=True, slots=True)
class Once:
    """One instant, ms UTC."""

    at: int


class DaysOff(StrEnum):
    """What becomes of a time that falls on a day off: a holiday, a weekend that is not worked."""

    SEND = "send"  # it is sent all the same
    SKIP = "skip"
    MOVE = "move"  # to the same time on the next working day (顺延)


class WorkDays(Protocol):
    """Which days are worked; `hub/model/cases/calendar.py` knows the notices of the State Council."""

    def is_workday(self, day: date, /) -> bool: ...

    def next_workday(self, day: date, /) -> date:
        """The day itself or the first working day after it."""


@dataclass(frozen=True, slots=True)
class Cron:
    """A five-field crontab expression in local time, weekdays as in cron, `L` = last day of the month."""

    expression: str
    days_off: DaysOff = DaysOff.SEND


ScheduleSpec = Once | Cron


@dataclass(frozen=True, slots=True)
class Schedule:
    """The stored plan of one campaign; `id` is the campaign's.

    spec: text form. next_at: its next slot, 0 = none (done, paused or canceled).
    grace_seconds: how old a missed slot may be under `CatchUp.ONCE`.
    """

    id: str
    spec: str
    next_at: int
    created_at: int
    catch_up: CatchUp = CatchUp.ONCE
    grace_seconds: int = 3600


@dataclass(frozen=True, slots=True)
class Due:
    """A slot whose time has come. late: too late to run, it is only written down.

    moved: no slot any more, because the calendar of days off has changed since it was planned.
    """

    slot: int
    late: bool
    next_at: int
    moved: bool = False


def to_text(spec: ScheduleSpec) -> str:
    """`once 1790000000000`, `cron 0 9 * * mon` or, with days off left out, `cron 0 9 * * mon @skip`."""
    if isinstance(spec, Once):
        return f"once {spec.at}"
    days_off = "" if spec.days_off is DaysOff.SEND else f" @{spec.days_off}"
    return f"cron {spec.expression}{days_off}"


def from_text(text: str) -> ScheduleSpec:
    """What `to_text` wrote. Raises `BadSchedule`."""
    kind, _, rest = text.partition(" ")
    if kind == "once" and rest.isdigit():
        return Once(int(rest))
    if kind == "cron":
        expression, _, days_off = rest.partition(" @")
        if days_off in ("", *DaysOff):
            return Cron(expression, DaysOff(days_off or DaysOff.SEND))
    raise BadSchedule("发送计划无法识别")


def next_fire(
    spec: ScheduleSpec, after_ms: int, zone: ZoneInfo = CHINA, workdays: WorkDays | None = None
) -> int | None:
    """The first slot later than `after_ms`, or None. Raises `BadSchedule`.

    workdays: needed by a plan that does not send on days off.
    """
    if isinstance(spec, Once):
        return spec.at if spec.at > after_ms else None
    if spec.days_off is DaysOff.SEND:
        return _cron_fire(spec, after_ms, zone)
    if workdays is None:
        raise ValueError("a plan with days off needs the working days")
    return _fire_on_workdays(spec, after_ms, zone, workdays)


def slots(
    spec: ScheduleSpec, after_ms: int, zone: ZoneInfo = CHINA, workdays: WorkDays | None = None
) -> Iterator[int]:
    """All slots later than `after_ms`, in order; endless for most plans. Raises `BadSchedule`."""
    at = next_fire(spec, after_ms, zone, workdays)
    while at is not None:
        yield at
        at = next_fire(spec, at, zone, workdays)


def next_five(
    spec: ScheduleSpec, after_ms: int, zone: ZoneInfo = CHINA, workdays: WorkDays | None = None
) -> tuple[int, ...]:
    """Up to five slots later than `after_ms`, for the preview. Raises `BadSchedule`."""
    return tuple(itertools.islice(slots(spec, after_ms, zone, workdays), 5))


def problem(spec: ScheduleSpec, now: int, zone: ZoneInfo = CHINA, workdays: WorkDays | None = None) -> str:
    """Why an officer may not choose this plan, in Chinese, or ""."""
    if isinstance(spec, Once):
        return "" if spec.at > now else "发送时间已经过去，请选择将来的时间"
    try:
        coming = next_five(spec, now, zone, workdays)
    except BadSchedule as refused:
        return refused.problem
    if not coming:
        return "这个计划永远不会发送"
    if any(later - earlier < MIN_GAP_SECONDS * 1000 for earlier, later in itertools.pairwise(coming)):
        return "两次发送至少间隔一小时"
    return ""


def due_slot(
    schedule: Schedule, now: int, zone: ZoneInfo = CHINA, workdays: WorkDays | None = None
) -> Due | None:
    """The one slot to deal with now, or None. However many were missed, only the latest counts.

    Within `PUNCTUAL_SECONDS` a slot is on time; later than that it runs only under
    `CatchUp.ONCE` and within the grace.
    """
    if not schedule.next_at or schedule.next_at > now:
        return None
    spec = from_text(schedule.spec)
    allowed = PUNCTUAL_SECONDS
    if schedule.catch_up is CatchUp.ONCE:
        allowed = max(allowed, schedule.grace_seconds)
    slot = schedule.next_at
    # Slots older than what is allowed need not be listed one by one.
    at = next_fire(spec, max(slot - 1, now - allowed * 1000 - 1), zone, workdays)
    if at != slot and now - slot <= allowed * 1000:
        return Due(slot, late=False, next_at=at or 0, moved=True)
    while at is not None and at <= now:
        slot = at
        at = next_fire(spec, at, zone, workdays)
    return Due(slot, now - slot > allowed * 1000, at or 0)


class AlarmClock:
    """Wakes a loop at the second a schedule is due, so that it need not look every second.

    Jobs live in memory only. A forgotten or doubled alarm does no harm: it fires nothing itself.
    """

    def __init__(self, zone: ZoneInfo = CHINA) -> None:
        self._zone = zone
        self._rang = asyncio.Event()
        self._set: dict[str, int] = {}
        self._scheduler = AsyncIOScheduler(
            timezone=zone, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )

    def start(self) -> None:
        """Begins to run on the current event loop."""
        self._scheduler.start()

    def stop(self) -> None:
        """Forgets all alarms."""
        self._scheduler.shutdown(wait=False)

    def set(self, alarms: Mapping[str, int]) -> None:
        """These alarms (name → ms UTC) and no others."""
        for name in self._set.keys() - alarms.keys():
            if self._scheduler.get_job(name) is not None:
                self._scheduler.remove_job(name)
        for name, at in alarms.items():
            if self._set.get(name) != at:
                when = datetime.fromtimestamp(at / 1000, UTC).astimezone(self._zone)
                trigger = DateTrigger(run_date=when, timezone=self._zone)
                self._scheduler.add_job(self._ring, trigger, id=name, replace_existing=True)
        self._set = dict(alarms)

    async def wait(self, *, seconds: float) -> bool:
        """Until an alarm rings (True) or `seconds` have passed (False)."""
        try:
            async with asyncio.timeout(seconds):
                await self._rang.wait()
        except TimeoutError:
            return False
        self._rang.clear()
        return True

    async def _ring(self) -> None:
        self._rang.set()


def _cron_fire(spec: Cron, after_ms: int, zone: ZoneInfo) -> int | None:
    after = datetime.fromtimestamp((after_ms + 1) / 1000, UTC).astimezone(zone)
    found = _trigger(spec.expression, zone).get_next_fire_time(None, after)
    return None if found is None else round(found.timestamp() * 1000)


def _fire_on_workdays(spec: Cron, after_ms: int, zone: ZoneInfo, workdays: WorkDays) -> int | None:
    day = datetime.fromtimestamp(after_ms / 1000, UTC).astimezone(zone).date()
    if spec.days_off is DaysOff.MOVE:  # what fell on the days off just before this day is still to come
        earliest = day - _LONGEST_REST
        while day > earliest and not workdays.is_workday(day - _DAY):
            day -= _DAY
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    at = round(midnight.timestamp() * 1000) - 1
    if spec.days_off is DaysOff.SKIP:
        at = max(at, after_ms)
    best: int | None = None
    for _ in range(_MOST_TRIES):
        nominal = _cron_fire(spec, at, zone)
        if nominal is None or (best is not None and nominal >= best):
            break
        at = nominal
        local = datetime.fromtimestamp(nominal / 1000, UTC).astimezone(zone)
        worked = workdays.next_workday(local.date())
        if worked != local.date():
            if spec.days_off is DaysOff.SKIP:
                continue
            nominal = round(datetime.combine(worked, local.timetz()).timestamp() * 1000)
        if nominal > after_ms and (best is None or nominal < best):
            best = nominal
    return best


@lru_cache(maxsize=256)
def _trigger(expression: str, zone: ZoneInfo) -> CronTrigger:
    """It keeps nothing between two questions, so one serves all; a calendar asks for thousands of times."""
    plan = crontab.parse(expression)
    return CronTrigger(
        month=_joined(plan.months),
        day=",".join("last" if day == crontab.LAST_DAY else str(day) for day in plan.days) or "*",
        day_of_week=",".join(crontab.DAY_NAMES[day] for day in plan.weekdays) or "*",
        hour=_joined(plan.hours),
        minute=_joined(plan.minutes),
        second="0",
        timezone=zone,
    )


def _joined(numbers: tuple[int, ...]) -> str:
    return ",".join(map(str, numbers)) or "*"
