"""When a message may leave: quiet hours by message class, in the citizens' local time.

Windows are decided in local time (Asia/Shanghai by default) from the class table; red and orange
warnings and case replies have none. What misses its window waits for the next opening plus a
jitter, so that a night's backlog does not leave in one second.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from channels.clock import Random
from channels.outbox.delivery import POLICY, MessageClass

JITTER_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Window:
    """Opening hours in minutes after local midnight, `opens_at <= t < closes_at`."""

    opens_at: int
    closes_at: int


def window_of(message_class: MessageClass) -> Window | None:
    """The class's default window, or None when it may always leave."""
    policy = POLICY[message_class]
    if policy.opens_at is None or policy.closes_at is None:
        return None
    return Window(policy.opens_at, policy.closes_at)


def next_allowed(window: Window | None, at: int, *, zone: ZoneInfo) -> int:
    """The first instant (ms UTC) not before `at` inside the window; `at` itself when it is open."""
    if window is None:
        return at
    local = datetime.fromtimestamp(at / 1000, UTC).astimezone(zone)
    minute = local.hour * 60 + local.minute
    if window.opens_at <= minute < window.closes_at:
        return at
    day = local.replace(hour=0, minute=0, second=0, microsecond=0)
    if minute >= window.closes_at:
        day += timedelta(days=1)  # wall clock, so that a zone with summer time keeps its hours
    opening = day.replace(hour=window.opens_at // 60, minute=window.opens_at % 60)
    return round(opening.timestamp() * 1000)


def held_until(window: Window | None, at: int, *, zone: ZoneInfo, random: Random) -> int | None:
    """When to try again a message that may not leave at `at`, or None when it may."""
    allowed = next_allowed(window, at, zone=zone)
    if allowed == at:
        return None
    return allowed + int(random.random() * JITTER_SECONDS * 1000)
