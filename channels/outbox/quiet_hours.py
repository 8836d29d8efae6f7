"""When a message may leave: quiet hours by message class and level, in the citizens' local time.

One function decides, `window_of`: the gate, the expansion, the estimate an officer sees and the state of
a broadcast all ask it, so they cannot differ. Red and orange warnings and replies have no hours; a yellow
one keeps the night unless its approver released it, a blue one always (decisions 1). What misses its
window waits for the next opening plus a jitter, so that a night's backlog does not leave in one second.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from channels.clock import Random
from channels.outbox.delivery import POLICY, MessageClass, Origin, WarningLevel, class_of

JITTER_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Window:
    """Opening hours in minutes after local midnight, `opens_at <= t < closes_at`."""

    opens_at: int
    closes_at: int

    def __str__(self) -> str:
        """`09:00–20:30`."""
        return "–".join(f"{minute // 60:02}:{minute % 60:02}" for minute in (self.opens_at, self.closes_at))


Windows = Mapping[MessageClass, Window | None]
"""The hours of an office by class. None: that class has none."""


def _window(message_class: MessageClass) -> Window | None:
    policy = POLICY[message_class]
    if policy.opens_at is None or policy.closes_at is None:
        return None
    return Window(policy.opens_at, policy.closes_at)


WINDOWS: Windows = {message_class: _window(message_class) for message_class in MessageClass}

WALL = Window(8 * 60, 21 * 60)
"""Outside it no law education leaves, whatever an office configures (messaging.md section 5)."""


def window_of(
    message_class: MessageClass,
    level: WarningLevel = WarningLevel.NONE,
    *,
    night: bool = False,
    origin: Origin = Origin.BROADCAST,
    windows: Windows = WINDOWS,
) -> Window | None:
    """The hours in which such a message may leave, or None when it always may.

    An E1 broadcast that names no level counts as yellow. `night` says nothing about other classes.
    """
    leaves_as = class_of(message_class, level)
    window = windows[leaves_as]
    if leaves_as is MessageClass.E1:  # a reply or a code was asked for; a warning comes by itself
        released = night and level is not WarningLevel.BLUE
        return None if released or origin is not Origin.BROADCAST else window
    if leaves_as is MessageClass.L and window is not None:
        return Window(max(window.opens_at, WALL.opens_at), min(window.closes_at, WALL.closes_at))
    return window


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
