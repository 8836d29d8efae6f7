"""How long it took to receive, dispatch, arrive and report: of one alarm, and of many.

A time counts where both its ends are known and in order; what is not done yet has none. Seconds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil


class Span(StrEnum):
    """What is measured, in order."""

    RECEIVED = "received"  # from the alarm to a person who has it, here or at 110
    DISPATCHED = "dispatched"  # from there to 派警
    ARRIVED = "arrived"  # from there to 到场
    FEEDBACK = "feedback"  # from there to 反馈
    WHOLE = "whole"  # from the alarm to 反馈


@dataclass(frozen=True, slots=True)
class AlarmTimes:
    """The instants of one alarm, ms UTC, 0 = not (yet). desk: id of the first it was dispatched to."""

    raised_at: int
    received_at: int = 0
    dispatched_at: int = 0
    arrived_at: int = 0
    fed_back_at: int = 0
    desk: str = ""
    city: str = ""
    is_false: bool = False

    def spans(self) -> Mapping[Span, int]:
        """Seconds; only those that are known."""
        ends = {
            Span.RECEIVED: (self.raised_at, self.received_at),
            Span.DISPATCHED: (self.received_at, self.dispatched_at),
            Span.ARRIVED: (self.dispatched_at, self.arrived_at),
            Span.FEEDBACK: (self.arrived_at, self.fed_back_at),
            Span.WHOLE: (self.raised_at, self.fed_back_at),
        }
        return {span: (end - begin) // 1000 for span, (begin, end) in ends.items() if begin and end >= begin}


@dataclass(frozen=True, slots=True)
class SpanFigures:
    """Of one span: how many have it, and seconds. limit, within: 0 and None where there is no limit."""

    count: int
    median: int
    p90: int
    worst: int
    limit: int = 0
    within: float | None = None


@dataclass(frozen=True, slots=True)
class TimesFigures:
    """Of many alarms. A span nobody has is left out."""

    alarms: int
    false_alarms: int
    spans: Mapping[Span, SpanFigures]


class Tally:
    """Adds up alarms one by one and keeps their seconds, nothing else."""

    def __init__(self) -> None:
        self._alarms = 0
        self._false = 0
        self._seconds: dict[Span, list[int]] = defaultdict(list)

    def add(self, times: AlarmTimes) -> None:
        """One more."""
        self._alarms += 1
        self._false += times.is_false
        for span, seconds in times.spans().items():
            self._seconds[span].append(seconds)

    def figures(self, limits: Mapping[Span, int]) -> TimesFigures:
        """limits: seconds."""
        spans = {
            span: _figures(sorted(self._seconds[span]), limits.get(span, 0))
            for span in Span
            if self._seconds[span]
        }
        return TimesFigures(self._alarms, self._false, spans)


def figures(times: Iterable[AlarmTimes], limits: Mapping[Span, int]) -> TimesFigures:
    """Of all of these."""
    tally = Tally()
    for one in times:
        tally.add(one)
    return tally.figures(limits)


def _figures(ordered: Sequence[int], limit: int) -> SpanFigures:
    within = sum(one <= limit for one in ordered) / len(ordered) if limit else None
    return SpanFigures(len(ordered), _rank(ordered, 0.5), _rank(ordered, 0.9), ordered[-1], limit, within)


def _rank(ordered: Sequence[int], share: float) -> int:
    """The least of them that so many are not above (nearest rank): a time that really happened."""
    return ordered[max(ceil(share * len(ordered)) - 1, 0)]
