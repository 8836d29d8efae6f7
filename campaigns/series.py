"""A series: law education planned item by item, each of which becomes a campaign of its own.

Rules protected: an item goes out at its own time or not at all: after a long stop nothing is made up for, so
never several at once; every item is approved as a campaign is (docs/adr/0034); what an item says can
change until its campaign has started, and every change asks for approval again.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from campaigns.errors import MoveRefused
from campaigns.lesson import Lesson
from campaigns.segment import Segment
from campaigns.window import CHINA

MOST_ITEMS = 104  # two years of weeks
_DAY = timedelta(days=1)


class Rhythm(StrEnum):
    """How far apart the items are."""

    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    MONTHLY = "monthly"  # the same day of the month; a shorter month has it on its last day
    DATED = "dated"  # each on the day of the year its lesson belongs to


class Order(StrEnum):
    """In which order chosen lessons go out."""

    LISTED = "listed"  # as in the library, topic after topic
    IN_TURN = "in_turn"  # topics take turns


class DayOff(StrEnum):
    """What becomes of an item whose day is a day off."""

    SEND = "send"
    MOVE = "move"  # to the next working day
    SKIP = "skip"  # it takes the next regular day


class ItemState(StrEnum):
    """Where an item stands."""

    PLANNED = "planned"
    MADE = "made"  # its campaign exists and waits for approval or for its time
    SENT = "sent"  # final: its campaign has started, or it was published
    MISSED = "missed"  # its time passed: not approved, or the hub was down
    SKIPPED = "skipped"  # by a person


S = ItemState
MOVES: Mapping[ItemState, frozenset[ItemState]] = {
    S.PLANNED: frozenset({S.PLANNED, S.MADE, S.SENT, S.MISSED, S.SKIPPED}),
    S.MADE: frozenset({S.PLANNED, S.SENT, S.MISSED, S.SKIPPED}),
    S.SENT: frozenset(),
    S.MISSED: frozenset({S.PLANNED, S.SKIPPED}),  # a person gives it another time
    S.SKIPPED: frozenset({S.PLANNED}),
}
OPEN = frozenset({S.PLANNED, S.MADE})


@dataclass(frozen=True, slots=True)
class Item:
    """One item. at: when it goes out, ms UTC. sms, web: what it says; lesson_id: the shipped text, or "".

    round: how often it was given new content or another time; part of its campaign's id. campaign_id: of
    this round, "" = none yet. submitted: its campaign went to review. notice_id: where it stands on the web.
    reason: why it was missed or cannot go on, for the page.
    """

    number: int
    at: int
    title: str
    sms: str
    web: str
    topic: str = ""
    law: str = ""
    lesson_id: str = ""
    state: ItemState = ItemState.PLANNED
    round: int = 0
    campaign_id: str = ""
    submitted: bool = False
    notice_id: str = ""
    reason: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it may still go out by itself."""
        return self.state in OPEN

    def moved(self, state: ItemState, *, reason: str = "") -> Item:
        """The item in its new state. Raises `MoveRefused`."""
        if state not in MOVES[self.state]:
            raise MoveRefused(self.state, state)
        return replace(self, state=state, reason=reason)

    def planned_again(self, **changes: object) -> Item:
        """The item with other content or another time: a new round, approved anew. Raises `MoveRefused`."""
        again = self.moved(ItemState.PLANNED)
        return replace(again, round=self.round + 1, campaign_id="", submitted=False, **changes)  # type: ignore[arg-type]


WORDS = ("title", "sms", "web", "topic", "law", "lesson_id")
"""The fields of an item that are what it says."""


@dataclass(frozen=True, slots=True)
class Series:
    """A plan of items. Times are ms UTC.

    segment, segment_id: see `Campaign`; who is in it is asked anew for each item.
    channel: a sender's name, "" = on the web only. public: every item is also published on the web.
    lead_seconds: so long before its time an item goes to review. next_at: when something is to be done,
    0 = nothing ever. paused: no item goes to review or out; those whose time passes meanwhile are missed.
    """

    id: str
    name: str
    author_id: str
    created_at: int
    channel: str
    segment: Segment
    public: bool
    rhythm: Rhythm
    day_off: DayOff
    items: tuple[Item, ...]
    lead_seconds: int = 7 * 86_400
    department: str = ""
    paused: bool = False
    changed_at: int = 0
    next_at: int = 0
    segment_id: str = ""

    @property
    def is_web_only(self) -> bool:
        """Whether nothing is sent: items are published and that is all."""
        return not self.channel

    def item(self, number: int) -> Item | None:
        """One item, or None."""
        return next((item for item in self.items if item.number == number), None)

    def upcoming(self) -> Item | None:
        """The open item that goes out next."""
        return min((item for item in self.items if item.is_open), key=lambda item: item.at, default=None)

    def with_item(self, item: Item, at: int) -> Series:
        """The series with one item replaced, looked at again at once."""
        items = tuple(item if one.number == item.number else one for one in self.items)
        return replace(self, items=items, changed_at=at).timed(at)

    def timed(self, now: int) -> Series:
        """With the next time at which something is to be done, not before `now`."""
        times = [max(now, self._due_at(item)) for item in self.items if item.is_open]
        return replace(self, next_at=min(times, default=0))

    def _due_at(self, item: Item) -> int:
        if item.state is ItemState.PLANNED and not self.is_web_only and not self.paused:
            return item.at - self.lead_seconds * 1000
        return item.at if item.submitted or self.is_web_only or self.paused else 0


def item_of(lesson: Lesson, number: int, at: int) -> Item:
    """An item that says what a shipped text says."""
    return Item(
        number=number,
        at=at,
        title=lesson.title,
        sms=lesson.sms,
        web=lesson.web,
        topic=lesson.topic,
        law=lesson.law,
        lesson_id=lesson.id,
    )


def ordered(lessons: Sequence[Lesson], order: Order) -> list[Lesson]:
    """The lessons in the order in which they go out."""
    if order is Order.LISTED:
        return list(lessons)
    topics = dict.fromkeys(lesson.topic for lesson in lessons)
    rounds = itertools.zip_longest(*([one for one in lessons if one.topic == topic] for topic in topics))
    return [lesson for one_round in rounds for lesson in one_round if lesson is not None]


def dates(
    rhythm: Rhythm,
    first: date,
    at: time,
    lessons: Sequence[Lesson],
    *,
    day_off: DayOff,
    is_workday: Callable[[date], bool],
    zone: ZoneInfo = CHINA,
) -> list[int]:
    """When each of `lessons` goes out, ms UTC, in their order; never two on one day.

    first: the day of the first item; of `DATED`, the day from which on their own days are looked for.
    """
    found: list[int] = []
    taken: set[date] = set()
    step = 0
    for lesson in lessons:
        while True:
            day = _own_day(lesson, first) if rhythm is Rhythm.DATED else _nth(rhythm, first, step)
            step += 1
            if (
                day_off is not DayOff.SKIP
                or rhythm is Rhythm.DATED
                or is_workday(day)
                or step > 4 * MOST_ITEMS
            ):
                break
        if day_off is DayOff.MOVE:
            day = _later(day, lambda one: is_workday(one) and one not in taken)
        day = _later(day, lambda one: one not in taken)
        taken.add(day)
        found.append(round(datetime.combine(day, at, zone).timestamp() * 1000))
    return found


def _later(day: date, fits: Callable[[date], bool]) -> date:
    """The day itself or the first after it that fits; after 60 days the day itself."""
    for days in range(60):
        if fits(day + days * _DAY):
            return day + days * _DAY
    return day


def _nth(rhythm: Rhythm, first: date, step: int) -> date:
    if rhythm is Rhythm.MONTHLY:
        year, month = divmod(first.year * 12 + first.month - 1 + step, 12)
        last = (date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1) - _DAY).day
        return date(year, month + 1, min(first.day, last))
    return first + step * (14 if rhythm is Rhythm.FORTNIGHTLY else 7) * _DAY


def _own_day(lesson: Lesson, first: date) -> date:
    month, day = map(int, lesson.date.split("-"))
    own = date(first.year, month, day)
    return own if own >= first else date(first.year + 1, month, day)
