"""The times of the carriers: Beijing, mostly to the minute or second, and mostly without a year."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8))


def login_time(now_ms: int) -> str:
    """`MMDDhhmmss`, with its leading zero: that is hashed."""
    return _local(now_ms).strftime("%m%d%H%M%S")


def minute(text: bytes, *, fallback: int = 0) -> int:
    """`YYMMDDhhmm` → ms since 1970 UTC; the fallback for anything else."""
    try:
        local = datetime.strptime(text[:10].decode("ascii"), "%y%m%d%H%M")
        return int(local.replace(tzinfo=BEIJING).timestamp() * 1000)
    except (ValueError, UnicodeDecodeError):
        return fallback


def nearest(now_ms: int, stamp: int) -> int:
    """`MMDDhhmmss` as a number → the instant of three years that is nearest to now, in ms; 0 for none."""
    text = f"{stamp:010d}"
    year = _local(now_ms).year
    found = []
    for one in (year - 1, year, year + 1):
        try:
            local = datetime.strptime(f"{one}{text}", "%Y%m%d%H%M%S")
        except ValueError:
            continue
        found.append(int(local.replace(tzinfo=BEIJING).timestamp() * 1000))
    return min(found, key=lambda at: abs(at - now_ms), default=0)


def _local(now_ms: int) -> datetime:
    return datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(BEIJING)
