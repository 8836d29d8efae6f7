"""Times as SMPP and CMPP write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from channels.carrier.beijing import BEIJING
from channels.listener.contract import Refusal, Refused


def minute(at: int) -> str:
    """ms UTC → `YYMMDDhhmm`, Beijing."""
    return datetime.fromtimestamp(at / 1000, BEIJING).strftime("%y%m%d%H%M")


def moment(text: str, now: int, otherwise: Refusal) -> int:
    """`YYMMDDhhmmsstnnp` → ms UTC, 0 for "". p: + or - with nn quarters of an hour, R for so long from now.

    Raises `Refused` with `otherwise`.
    """
    if not text:
        return 0
    if len(text) != 16 or not (text[:15].isascii() and text[:15].isdigit()):
        raise Refused(otherwise)
    if text[15] == "R":
        years, months, days, hours, minutes, seconds = (int(text[at : at + 2]) for at in range(0, 12, 2))
        span = timedelta(days=years * 365 + months * 30 + days, hours=hours, minutes=minutes, seconds=seconds)
        return now + int(span.total_seconds() * 1000)
    quarters = int(text[13:15]) * (-1 if text[15] == "-" else 1)
    if text[15] not in "+-" or abs(quarters) > 56:
        raise Refused(otherwise)
    try:
        local = datetime.strptime(text[:12], "%y%m%d%H%M%S")
    except ValueError:
        raise Refused(otherwise) from None
    zone = timezone(timedelta(minutes=15 * quarters))
    return int(local.replace(tzinfo=zone).astimezone(UTC).timestamp() * 1000)
