"""How busy the senders are, hour by hour, when everything leaves as planned."""

from __future__ import annotations

from collections.abc import Iterable

HOUR_MS = 3_600_000


def hourly_percent(
    sendings: Iterable[tuple[str, Iterable[tuple[int, int]]]], since: int, hours: int = 24
) -> tuple[int, ...]:
    """Of each hour from `since` (ms UTC) on, how much of the contract rate is asked for, in percent.

    sendings: the sender and its (from, until) of each; one alone leaves at the whole rate. Of several
    senders the busiest counts. Above 100: they hold each other up.
    """
    asked: dict[str, list[int]] = {}
    for sender, spans in sendings:
        row = asked.setdefault(sender, [0] * hours)
        for begin, end in spans:
            for hour in range(hours):
                start = since + hour * HOUR_MS
                row[hour] += max(0, min(end, start + HOUR_MS) - max(begin, start))
    rows = list(asked.values())
    return tuple(max((round(row[hour] * 100 / HOUR_MS) for row in rows), default=0) for hour in range(hours))
