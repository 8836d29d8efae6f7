"""A segment with a name, its owner and its counts."""

from __future__ import annotations

from dataclasses import dataclass, field

from campaigns.segment import Segment


@dataclass(frozen=True, slots=True)
class ExactCount:
    """Everybody of a segment looked at one by one.

    at: the moment it describes (ms UTC), 0 = never counted. filter: the segment as it was counted. cursor:
    where it goes on, finished: whether it came to the end. people: without those who came twice (repeated).
    by_reach: people by `Reach`. out: people who opted out, by subject; dead: whose address a provider found
    dead.
    """

    at: int = 0
    filter: Segment = field(default_factory=Segment)
    cursor: str = ""
    finished: bool = False
    people: int = 0
    repeated: int = 0
    dead: int = 0
    by_reach: dict[str, int] = field(default_factory=dict)
    out: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SavedSegment:
    """A filter that campaigns may refer to. note: for whom it is meant. Times are ms UTC.

    counting: whether a count was asked for and is not finished. retired: no longer offered.
    """

    id: str
    name: str
    owner_id: str
    filter: Segment
    created_at: int
    changed_at: int
    note: str = ""
    retired: bool = False
    counting: bool = False
    count: ExactCount = field(default_factory=ExactCount)


@dataclass(frozen=True, slots=True)
class SegmentDay:
    """How many rows a segment had on a day. id: `segment_id:day`; day: `2026-11-30`, in China."""

    id: str
    segment_id: str
    day: str
    count: int
