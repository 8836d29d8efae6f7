"""The books of rules: calendar, clock profile, catalogue of competence. Each is a table of plain rows that
people revise; a revision is proposed with its reason and says from when it is in force.

Rule protected: a statutory value is never changed by one person (cases.md 4.5). Revisions are numbered
from 1 and kept for good; number 0 is what the hub is shipped with.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias

from hub.runtime.errors import HubError

Row: TypeAlias = Mapping[str, str]
"""One rule: a text for each column of its book."""

BETWEEN_UNITS = "|"
NOT_COUNTED = -1
"""`due_changed` of a revision whose due dates were not computed again yet."""
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")


class BookKind(StrEnum):
    """The value is part of stored ids and addresses."""

    CALENDAR = "calendar"
    PROFILE = "profile"
    COMPETENCE = "competence"
    ROUTES = "routes"
    NUMBERS = "numbers"
    SIGNATURES = "signatures"

    @property
    def is_personal(self) -> bool:
        """Whether rows hold numbers of people: they are sealed, and stand in no address of a page."""
        return self is BookKind.NUMBERS


class RevisionState(StrEnum):
    """A proposal is approved or refused once."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"


class SamePerson(HubError):
    """A statutory value needs a second person, and this is the first."""


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong with a row: its place in the rows (from 0), the column, "" for the row as a whole."""

    row: int
    field: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row that is new (no `before`), gone (no `after`) or says something else."""

    before: Row | None
    after: Row | None


@dataclass(frozen=True, slots=True)
class RuleBook:
    """What the rows of a book are.

    key: the columns by which a row is known. dates: columns that hold a day. units: columns that hold ids of
    units, several with `|` between them. part: the part of the book that a row belongs to; a file replaces
    the parts it names and no others. check: everything wrong with rows, given the units that
    exist (id → name). shipped: revision 0. moves_due: whether a revision changes due dates.
    """

    kind: BookKind
    columns: tuple[str, ...]
    needed: tuple[str, ...]
    key: tuple[str, ...]
    check: Callable[[Sequence[Row], Mapping[str, str]], list[RowProblem]]
    part: Callable[[Row], str]
    is_statutory: Callable[[Row], bool]
    dates: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    shipped: tuple[Row, ...] = ()
    moves_due: bool = False

    def key_of(self, row: Row) -> tuple[str, ...]:
        """By which a row is known in its book."""
        return tuple(row[column] for column in self.key)

    def tidied(self, row: Row, unit_ids: Mapping[str, str]) -> Row:
        """Every column, blanks trimmed, days as 2026-05-09 however a spreadsheet wrote them, units by their
        ids where their names stand (`unit_ids`: by name)."""
        texts = {column: row.get(column, "").strip() for column in self.columns}
        texts |= {column: _day(texts[column]) for column in self.dates}
        for column in self.units:
            parts = [part.strip() for part in texts[column].split(BETWEEN_UNITS)]
            texts[column] = BETWEEN_UNITS.join(unit_ids.get(part, part) for part in parts if part)
        return texts

    def merged(self, base: Iterable[Row], rows: Iterable[Row]) -> tuple[Row, ...]:
        """The book once these rows take the place of the parts they name, by key."""
        new = list(rows)
        parts = {self.part(row) for row in new}
        kept = (row for row in base if self.part(row) not in parts)
        return tuple(sorted([*kept, *new], key=self.key_of))

    def changes(self, before: Iterable[Row], after: Iterable[Row]) -> tuple[RowChange, ...]:
        """What differs, by key."""
        old = {self.key_of(row): row for row in before}
        new = {self.key_of(row): row for row in after}
        keys = sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key))
        return tuple(RowChange(old.get(key), new.get(key)) for key in keys)

    def needs_second(self, changes: Iterable[RowChange]) -> bool:
        """Whether a statutory value is among what changes."""
        return any(
            row is not None and self.is_statutory(row)
            for change in changes
            for row in (change.before, change.after)
        )


@dataclass(frozen=True, slots=True)
class RuleRevision:
    """A state of a book. id: `kind:number`. base: the revision it was made from.

    in_force_from: ms UTC, 0 while it is only proposed: then `wanted_from`, or at once. note: what the second
    person wrote. due_changed: how many due dates it moved, `NOT_COUNTED` while that is not known.
    """

    id: str
    kind: BookKind
    number: int
    base: int
    rows: tuple[dict[str, str], ...]
    reason: str
    needs_second: bool
    proposed_at: int
    proposed_by: str
    wanted_from: int = 0
    state: RevisionState = RevisionState.PROPOSED
    decided_at: int = 0
    decided_by: str = ""
    note: str = ""
    in_force_from: int = 0
    due_changed: int = 0

    def may_approve(self, agent_id: str) -> bool:
        """Whether this person is a second one, where one is needed."""
        return not self.needs_second or agent_id != self.proposed_by

    def approved(self, *, at: int, by: str, note: str, not_before: int, moves_due: bool) -> RuleRevision:
        """In force at its time, never before the revision it follows (`not_before`). Raises `SamePerson`."""
        if not self.may_approve(by):
            raise SamePerson(self.id)
        return replace(
            self,
            state=RevisionState.APPROVED,
            decided_at=at,
            decided_by=by,
            note=note,
            in_force_from=max(self.wanted_from, not_before, at),
            due_changed=NOT_COUNTED if moves_due else 0,
        )

    def refused(self, *, at: int, by: str, note: str) -> RuleRevision:
        """Not taken; whoever proposed it may take it back so as well."""
        return replace(self, state=RevisionState.REFUSED, decided_at=at, decided_by=by, note=note)


def revision_id(kind: BookKind, number: int) -> str:
    """One number is one document: of two proposals at once the second is a Duplicate."""
    return f"{kind}:{number}"


def checked_keys(book: RuleBook, rows: Sequence[Row]) -> list[RowProblem]:
    """What is wrong with rows of any book: nothing where something is needed, a key twice."""
    problems: list[RowProblem] = []
    seen: set[tuple[str, ...]] = set()
    for place, row in enumerate(rows):
        problems += [
            RowProblem(place, column, "不能为空", "must not be empty")
            for column in book.needed
            if not row[column]
        ]
        key = book.key_of(row)
        if all(row[column] for column in book.key if column in book.needed) and key in seen:
            problems.append(
                RowProblem(place, book.key[0], f"重复：{' '.join(key).strip()}", "stands here twice")
            )
        seen.add(key)
    return problems


def _day(text: str) -> str:
    found = _DATE.fullmatch(text)
    return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}" if found else text
