"""When a broadcast will be done, with the nights in between.

Rule protected: the officer sees before starting that law education begun at 20:10 goes on the next morning.
The hours themselves belong to `channels/outbox/quiet_hours.py`, which checks them again at every send."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from channels.outbox.quiet_hours import Window, next_allowed

CHINA = ZoneInfo("Asia/Shanghai")
_MOST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Estimate:
    """When it will be done. `days`: on how many days something leaves. `starts_at` ≤ `finishes_at`.

    spans: (from, until) of every stretch of sending in order, the nights between them left out.
    """

    starts_at: int
    finishes_at: int
    days: int
    spans: tuple[tuple[int, int], ...] = ()


def is_open(window: Window | None, at: int, zone: ZoneInfo = CHINA) -> bool:
    """Whether what has these hours (`Broadcast.window`) may leave at this instant."""
    return next_allowed(window, at, zone=zone) == at


def estimate(window: Window | None, at: int, seconds: float, zone: ZoneInfo = CHINA) -> Estimate:
    """Where `seconds` of sending end when they begin at `at` and pause while the hours are over.

    window: `Broadcast.window`. More than a year of sending is given as a year.
    """
    left = round(seconds * 1000)
    moment = next_allowed(window, at, zone=zone)
    spans: list[tuple[int, int]] = []
    while True:
        local = datetime.fromtimestamp(moment / 1000, UTC).astimezone(zone)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        closes = midnight + timedelta(minutes=window.closes_at if window else 24 * 60)
        open_for = round(closes.timestamp() * 1000) - moment
        spans.append((moment, moment + min(left, open_for)))
        if left <= open_for or len(spans) == _MOST_DAYS:
            return Estimate(spans[0][0], spans[-1][1], len(spans), tuple(spans))
        left -= open_for
        moment = next_allowed(window, moment + open_for, zone=zone)
