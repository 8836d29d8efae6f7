"""Quiet hours: when a message class may leave, and when a broadcast will be done.

Rule protected: nobody is woken by law education. The hours come with the message class (messaging.md
§1, §5; all of it configuration); a broadcast that is not done when they end goes on the next morning,
and the officer sees that before starting it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from channels.outbox import ClassPolicy

CHINA = ZoneInfo("Asia/Shanghai")
_MOST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Estimate:
    """When it will be done. `days`: on how many days something leaves. `starts_at` ≤ `finishes_at`."""

    starts_at: int
    finishes_at: int
    days: int


def next_open(policy: ClassPolicy, at: int, zone: ZoneInfo = CHINA) -> int:
    """The first instant from `at` on at which the class may leave: `at` itself while it is open."""
    opens, closes = _span(policy, _local_day(at, zone), zone)
    if opens <= at < closes:
        return at
    if at < opens:
        return opens
    return _span(policy, _local_day(at, zone) + timedelta(days=1), zone)[0]


def is_open(policy: ClassPolicy, at: int, zone: ZoneInfo = CHINA) -> bool:
    """Whether the class may leave at this instant."""
    return next_open(policy, at, zone) == at


def estimate(policy: ClassPolicy, at: int, seconds: float, zone: ZoneInfo = CHINA) -> Estimate:
    """Where `seconds` of sending end when they begin at `at` and pause while the hours are over.

    More than a year of sending is given as a year.
    """
    left = round(seconds * 1000)
    moment = starts_at = next_open(policy, at, zone)
    for days in range(1, _MOST_DAYS):
        closes = _span(policy, _local_day(moment, zone), zone)[1]
        if moment + left <= closes:
            return Estimate(starts_at, moment + left, days)
        left -= closes - moment
        moment = next_open(policy, closes, zone)
    return Estimate(starts_at, moment, _MOST_DAYS)


def _local_day(at: int, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(zone).date()


def _span(policy: ClassPolicy, day: date, zone: ZoneInfo) -> tuple[int, int]:
    """The open part of one local day; a class without hours is open from midnight to midnight."""
    opens = 0 if policy.opens_at is None else policy.opens_at
    closes = 24 * 60 if policy.closes_at is None else policy.closes_at
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    start, end = midnight + timedelta(minutes=opens), midnight + timedelta(minutes=closes)
    return round(start.timestamp() * 1000), round(end.timestamp() * 1000)
