"""When a campaign fires. The only module that knows APScheduler, and it knows it as a clock.

Rules protected: a stored schedule is ours (APScheduler's job stores fire twice with two processes and
drop what was due while the server was down); times are local to China and aware (a naive one is read
in the scheduler's zone); weekdays are names (its 0 is Monday, cron's is Sunday). What is due is
decided from the stored schedule by `due_slot`; the alarm clock only says "look now".
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
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


@dataclass(frozen=True, slots=True)
class Once:
    """One instant, ms UTC."""

    at: int


@dataclass(frozen=True, slots=True)
class Cron:
    """A five-field crontab expression in local time, weekdays as in cron."""

    expression: str


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
    """A slot whose time has come. late: too late to run, it is only written down."""

    slot: int
    late: bool
    next_at: int


def to_text(spec: ScheduleSpec) -> str:
    """`once 1790000000000` or `cron 0 9 * * mon`."""
    return f"once {spec.at}" if isinstance(spec, Once) else f"cron {spec.expression}"


def from_text(text: str) -> ScheduleSpec:
    """What `to_text` wrote. Raises `BadSchedule`."""
    kind, _, rest = text.partition(" ")
    if kind == "once" and rest.isdigit():
        return Once(int(rest))
    if kind == "cron":
        return Cron(rest)
    raise BadSchedule("发送计划无法识别")


def next_fire(spec: ScheduleSpec, after_ms: int, zone: ZoneInfo = CHINA) -> int | None:
    """The first slot later than `after_ms`, or None. Raises `BadSchedule`."""
    if isinstance(spec, Once):
        return spec.at if spec.at > after_ms else None
    after = datetime.fromtimestamp((after_ms + 1) / 1000, UTC).astimezone(zone)
    found = _trigger(spec, zone).get_next_fire_time(None, after)
    return None if found is None else round(found.timestamp() * 1000)


def next_five(spec: ScheduleSpec, after_ms: int, zone: ZoneInfo = CHINA) -> tuple[int, ...]:
    """Up to five slots later than `after_ms`, for the preview. Raises `BadSchedule`."""
    found: list[int] = []
    at = next_fire(spec, after_ms, zone)
    while at is not None and len(found) < 5:
        found.append(at)
        at = next_fire(spec, at, zone)
    return tuple(found)


def problem(spec: ScheduleSpec, now: int, zone: ZoneInfo = CHINA) -> str:
    """Why an officer may not choose this plan, in Chinese, or ""."""
    if isinstance(spec, Once):
        return "" if spec.at > now else "发送时间已经过去，请选择将来的时间"
    try:
        slots = next_five(spec, now, zone)
    except BadSchedule as refused:
        return refused.problem
    if not slots:
        return "这个计划永远不会发送"
    if any(later - earlier < MIN_GAP_SECONDS * 1000 for earlier, later in itertools.pairwise(slots)):
        return "两次发送至少间隔一小时"
    return ""


def due_slot(schedule: Schedule, now: int, zone: ZoneInfo = CHINA) -> Due | None:
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
    at = next_fire(spec, max(slot - 1, now - allowed * 1000 - 1), zone)
    while at is not None and at <= now:
        slot = at
        at = next_fire(spec, at, zone)
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


def _trigger(spec: Cron, zone: ZoneInfo) -> CronTrigger:
    plan = crontab.parse(spec.expression)
    return CronTrigger(
        month=_joined(plan.months),
        day=_joined(plan.days),
        day_of_week=",".join(crontab.DAY_NAMES[day] for day in plan.weekdays) or "*",
        hour=_joined(plan.hours),
        minute=_joined(plan.minutes),
        second="0",
        timezone=zone,
    )


def _joined(numbers: tuple[int, ...]) -> str:
    return ",".join(map(str, numbers)) or "*"
