"""The clock everybody is given. Nothing else in the hub asks the machine for the time."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Milliseconds since 1970 UTC."""

    def now_ms(self) -> int: ...


class SystemClock:
    """The machine's clock."""

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000


@dataclass
class FakeClock:
    """A clock that a test moves."""

    at: int = 1_790_000_000_000

    def now_ms(self) -> int:
        return self.at

    def advance(self, *, seconds: float) -> None:
        self.at += int(seconds * 1000)


def to_local(at: int, zone: ZoneInfo = CHINA) -> datetime:
    """A stored instant as local time, for rendering, windows and legal clocks only."""
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(zone)


def day_of(at: int) -> date:
    """The local day of a stored instant."""
    return to_local(at).date()


def to_ms(moment: datetime) -> int:
    """An aware datetime as a stored instant. Raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("an aware datetime is needed")
    return round(moment.timestamp() * 1000)
