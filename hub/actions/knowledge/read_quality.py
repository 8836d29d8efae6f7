"""How entries fare, week by week, and how well the topics are covered: read from the daily counters."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from hub.actions.knowledge.entry_desk import EntryDesk
from hub.actions.knowledge.in_force import Knowledge
from hub.model.entry_record import EntryRecord
from hub.model.feedback import Feedback, Verdict
from hub.model.tally import Tally, week_of
from hub.repositories.knowledge.answer_counts import AnswerCountRepository
from hub.repositories.knowledge.feedback import FeedbackRepository
from hub.repositories.knowledge.questions import QuestionRepository
from hub.runtime.clock import day_of
from knowledge_base.entry import Entry, EntryState

WEEKS = 8
MONTH_DAYS = 30
ROWS = 200
"""The list shows no more: who wants others filters or sorts."""
_MOST_ASKED = 8
_ANEW_MS = 600_000
_REASONS = 50
_QUESTIONS = 10_000
_DAY_MS = 86_400_000


class Sort(StrEnum):
    """What comes first; most of it, except `trouble`: worst first."""

    TROUBLE = "trouble"
    ASKED = "asked"
    ANSWERED = "answered"
    OFFERED = "offered"
    CHOSEN = "chosen"
    HANDED_OVER = "handed_over"
    HELPFUL = "helpful"
    UNHELPFUL = "unhelpful"
    USED = "used"


class Lack(StrEnum):
    """What an entry may lack."""

    SOURCE = "source"
    TESTS = "tests"
    CONFIRM = "confirm"  # a local office has to confirm it


@dataclass(frozen=True, slots=True)
class Quality:
    """An entry with what was counted over `WEEKS`; `weeks` how often it was asked in each, oldest first."""

    entry: Entry
    tally: Tally
    weeks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class EntryQuality:
    """One entry by week, newest first, and why citizens found it of no use."""

    entry: Entry
    weeks: tuple[tuple[date, Tally], ...]
    reasons: tuple[Feedback, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """A topic in numbers. asked: in 30 days, questions without an answer counted; share: answered of asked,
    None when nothing was asked."""

    topic: str
    entries: int
    published: int
    review: int
    soon: int
    lacking: dict[Lack, int]
    asked: int
    share: float | None


class ReadQuality:
    """Everything that changes nothing."""

    def __init__(
        self,
        desk: EntryDesk,
        counts: AnswerCountRepository,
        feedback: FeedbackRepository,
        questions: QuestionRepository,
        knowledge: Knowledge,
    ) -> None:
        self._desk = desk
        self._counts = counts
        self._feedback = feedback
        self._questions = questions
        self._knowledge = knowledge
        self._most_asked: tuple[int, tuple[str, ...]] = (0, ())

    async def entries(self, *, topic: str = "", sort: Sort = Sort.TROUBLE) -> tuple[Quality, ...]:
        """Entries of which something was counted, at most `ROWS`."""
        mondays = self._mondays()
        counted = await self._counts.between(mondays[0], self._today())
        known = {entry.id: entry for entry in self._knowledge.snapshot.entries}
        others = await self._desk.entries.get_many([id for id in counted if id not in known])
        known |= {id: found.value.newest for id, found in others.items()}
        rows = []
        for id, days in counted.items():
            entry = known.get(id)
            if entry is None or (topic and entry.topic != topic):
                continue
            by_week: Counter[date] = Counter()
            for day, tally in days.items():
                by_week[week_of(day)] += tally.asked
            total = sum(days.values(), Tally())
            rows.append(Quality(entry, total, tuple(by_week[monday] for monday in mondays)))
        rows.sort(key=lambda row: (-float(getattr(row.tally, sort)), -row.tally.asked, row.entry.id))
        return tuple(rows[:ROWS])

    async def entry(self, entry_id: str) -> EntryQuality:
        """One of them. Raises `NotFound`."""
        record = (await self._desk.get(entry_id)).value
        mondays = self._mondays()
        counted = (await self._counts.between(mondays[0], self._today())).get(entry_id, {})
        by_week = {monday: Tally() for monday in reversed(mondays)}
        for day, tally in counted.items():
            by_week[week_of(day)] += tally
        said = await self._feedback.of_entry(entry_id, limit=_REASONS)
        reasons = tuple(one for one in said if one.reason and one.verdict is Verdict.UNHELPFUL)
        return EntryQuality(record.in_force or record.newest, tuple(by_week.items()), reasons)

    async def most_asked(self) -> tuple[str, ...]:
        """The entries that were asked most in the last 30 days, most first; looked at anew after a while."""
        until, kept = self._most_asked
        if self._desk.clock.now_ms() < until:
            return kept
        # Whoever asks meanwhile gets what was there: many readers at once must not all count.
        self._most_asked = self._desk.clock.now_ms() + _ANEW_MS, kept
        today = self._today()
        counted = await self._counts.between(today - timedelta(days=MONTH_DAYS), today)
        asked = {id: sum(days.values(), Tally()).asked for id, days in counted.items()}
        most = tuple(sorted((id for id in asked if asked[id]), key=lambda id: (-asked[id], id))[:_MOST_ASKED])
        self._most_asked = self._desk.clock.now_ms() + _ANEW_MS, most
        return most

    async def coverage(self) -> tuple[Coverage, ...]:
        """Every topic, the one asked about most first."""
        today, now = self._today(), self._desk.clock.now_ms()
        counted = await self._counts.between(today - timedelta(days=MONTH_DAYS), today)
        since = now - MONTH_DAYS * _DAY_MS
        unanswered = Counter(found.topic for found in await self._questions.since(since, limit=_QUESTIONS))
        by_topic: dict[str, list[EntryRecord]] = {}
        async for record in self._desk.entries.scan():
            by_topic.setdefault(record.newest.topic, []).append(record)
        found = [
            self._covered(topic, records, counted, unanswered[topic], now)
            for topic, records in by_topic.items()
        ]
        return tuple(sorted(found, key=lambda covered: (-covered.asked, covered.topic)))

    async def lacking(self, topic: str, lack: Lack) -> tuple[Entry, ...]:
        """The entries of a topic that lack something."""
        return tuple(
            sorted(
                [
                    record.newest
                    async for record in self._desk.entries.scan()
                    if record.newest.topic == topic and lacks(record.newest, lack)
                ],
                key=lambda entry: (entry.question, entry.id),
            )
        )

    def _covered(
        self,
        topic: str,
        records: list[EntryRecord],
        counted: dict[str, dict[date, Tally]],
        unanswered: int,
        now: int,
    ) -> Coverage:
        live = [r.live for r in records if r.live is not None and r.live.state is EntryState.PUBLISHED]
        total = sum((sum(counted.get(r.id, {}).values(), Tally()) for r in records), Tally())
        asked = total.asked + unanswered
        return Coverage(
            topic=topic,
            entries=len(records),
            published=len(live),
            review=sum(r.working is not None and r.working.state is EntryState.REVIEW for r in records),
            soon=sum(now < entry.valid_until <= now + MONTH_DAYS * _DAY_MS for entry in live),
            lacking={lack: sum(lacks(r.newest, lack) for r in records) for lack in Lack},
            asked=asked,
            share=total.answered / asked if asked else None,
        )

    def _today(self) -> date:
        return day_of(self._desk.clock.now_ms())

    def _mondays(self) -> list[date]:
        last = week_of(self._today())
        return [last - timedelta(weeks=weeks) for weeks in reversed(range(WEEKS))]


def lacks(entry: Entry, lack: Lack) -> bool:
    """Whether it is so."""
    match lack:
        case Lack.SOURCE:
            return not entry.source
        case Lack.TESTS:
            return not entry.tests
        case Lack.CONFIRM:
            return entry.confirm_locally
