"""How much a department may hand over now: its contract's rate and its quota, before anything is stored.

The gate of the outbox holds what goes beyond a quota at the moment of sending, campaigns included; here it is
refused at once, so that the caller knows. E0 is refused by neither.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from channels.outbox.limits import Quota, Spent, midnight, next_month
from hub.runtime.clock import CHINA, to_local


@dataclass(frozen=True, slots=True)
class Admission:
    """What was taken in. id: of the department. milli: thousandths of a part that may come at once, fewer
    than 0 while more came than that. day, month: local, `20261201`, `202612`, with the parts of each."""

    id: str
    at: int = 0
    milli: int = 0
    day: str = ""
    day_parts: int = 0
    month: str = ""
    month_parts: int = 0


@dataclass(frozen=True, slots=True)
class Beyond:
    """Why not now. code: `rate`, `daily_quota`, `monthly_quota`. until: when it may be tried again, ms
    UTC."""

    code: str
    until: int


def admitted(
    before: Admission, parts: int, *, rate: int, quota: Quota, spent: Spent, now: int
) -> Admission | Beyond:
    """What is taken in with `parts` more. rate: parts per second, 0 = no limit. spent: what left already,
    campaigns included.

    A bucket of one second that may be overdrawn by one submission: a thousand numbers come in one piece, and
    the next waits until they are paid for.
    """
    local = to_local(now)
    day, month = f"{local:%Y%m%d}", f"{local:%Y%m}"
    of_day = before.day_parts if before.day == day else 0
    of_month = before.month_parts if before.month == month else 0
    if quota.monthly_parts and max(of_month, spent.month) + parts > quota.monthly_parts:
        return Beyond("monthly_quota", next_month(now, CHINA))
    if quota.daily_parts and max(of_day, spent.day) + parts > quota.daily_parts:
        return Beyond("daily_quota", midnight(now, CHINA, days=1))
    milli = rate * 1000
    if rate:
        passed = max(0, now - before.at) if before.at else 1000
        milli = min(rate * 1000, before.milli + passed * rate)
        if milli <= 0:
            return Beyond("rate", now + -(-(1 - milli) // rate))
    return replace(
        before,
        at=now,
        milli=milli - parts * 1000 if rate else 0,
        day=day,
        day_parts=of_day + parts,
        month=month,
        month_parts=of_month + parts,
    )
