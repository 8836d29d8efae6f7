"""The calendar of campaigns as iCalendar (RFC 5545): names and times, no text, nobody's data."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from hub.actions.campaigns.planning.read_calendar import Sending

_LINE_BYTES = 75
_ZONE = (
    "BEGIN:VTIMEZONE",
    "TZID:Asia/Shanghai",
    *("BEGIN:STANDARD", "DTSTART:19700101T000000", "TZOFFSETFROM:+0800", "TZOFFSETTO:+0800", "END:STANDARD"),
    "END:VTIMEZONE",
)
"""The times are UTC; it is here because a calendar without any component is none (RFC 5545 §3.6)."""


def icalendar(name: str, sendings: Iterable[Sending], *, now: int, host: str) -> str:
    """The whole file. host: makes the ids unique."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//citizen contact hub//campaigns//ZH"]
    lines += ["CALSCALE:GREGORIAN", f"X-WR-CALNAME:{_escaped(name)}", *_ZONE]
    for one in sendings:
        ends = max(one.estimate.finishes_at, one.at + 60_000)
        lines += [
            "BEGIN:VEVENT",
            f"UID:{one.campaign.id}-{one.at}@{host}",
            f"DTSTAMP:{_utc(now)}",
            f"DTSTART:{_utc(one.at)}",
            f"DTEND:{_utc(ends)}",
            f"SUMMARY:{_escaped(one.campaign.name)}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _utc(at: int) -> str:
    return f"{datetime.fromtimestamp(at / 1000, UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    plain = "".join(c for c in " ".join(text.split()) if c.isprintable())  # no control characters, §3.1
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")


def _folded(line: str) -> str:
    """At most 75 bytes a line; a character is never cut."""
    pieces: list[str] = []
    piece = ""
    for character in line:
        if len((piece + character).encode()) > _LINE_BYTES - (1 if pieces else 0):
            pieces.append(piece)
            piece = ""
        piece += character
    return "\r\n ".join([*pieces, piece])
