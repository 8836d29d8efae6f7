"""The books of rules as the running hub holds them: every approved revision, and which one counts when.

Readers never wait. A revision whose time comes later is held as well, so that time takes effect without
asking the store.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hub.model.cases.calendar import WorkCalendar
from hub.model.cases.calendar_book import calendar_days
from hub.model.cases.rule_book import BookKind, Row, RuleBook, RuleRevision
from hub.runtime.clock import Clock
from hub.settings.work_calendar import national_calendar


class RulesInForce:
    """One per process. books: every kind there is."""

    def __init__(self, books: Iterable[RuleBook], clock: Clock) -> None:
        self.books: Mapping[BookKind, RuleBook] = {book.kind: book for book in books}
        self._clock = clock
        self._approved: dict[BookKind, tuple[RuleRevision, ...]] = dict.fromkeys(self.books, ())
        self._calendar: tuple[int, WorkCalendar] | None = None

    def take(self, kind: BookKind, revisions: Iterable[RuleRevision]) -> None:
        """These were approved since, in the order of their numbers."""
        self._approved[kind] = (*self._approved[kind], *revisions)

    def newest(self, kind: BookKind) -> int:
        """The number of the newest approved revision, also of one that is not in force yet; 0 for none."""
        return self._approved[kind][-1].number if self._approved[kind] else 0

    def newest_from(self, kind: BookKind) -> int:
        """From when that one is in force, ms UTC."""
        return self._approved[kind][-1].in_force_from if self._approved[kind] else 0

    def number(self, kind: BookKind, at: int | None = None) -> int:
        """The revision in force at an instant (ms UTC, now by default); 0 is what was shipped."""
        found = self._at(kind, at)
        return found.number if found else 0

    def rows(self, kind: BookKind, at: int | None = None) -> tuple[Row, ...]:
        """The rules in force at an instant: what a revision does not speak of is as it was shipped."""
        return self._with_shipped(kind, self._at(kind, at))

    def rows_of(self, kind: BookKind, number: int) -> tuple[Row, ...]:
        """The rules of an approved revision, by its number."""
        found = (revision for revision in self._approved[kind] if revision.number == number)
        return self._with_shipped(kind, next(found, None))

    def calendar(self, at: int | None = None) -> WorkCalendar:
        """The national calendar in force at an instant (ms UTC, now by default)."""
        number = self.number(BookKind.CALENDAR, at)
        if self._calendar is None or self._calendar[0] != number:
            self._calendar = number, national_calendar(calendar_days(self.rows(BookKind.CALENDAR, at)))
        return self._calendar[1]

    def _at(self, kind: BookKind, at: int | None) -> RuleRevision | None:
        at = self._clock.now_ms() if at is None else at
        in_time = (revision for revision in reversed(self._approved[kind]) if revision.in_force_from <= at)
        return next(in_time, None)

    def _with_shipped(self, kind: BookKind, revision: RuleRevision | None) -> tuple[Row, ...]:
        book = self.books[kind]
        return book.merged(book.shipped, revision.rows if revision else ())
