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


def _local(now_ms: int) -> datetime:
    return datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(BEIJING)
