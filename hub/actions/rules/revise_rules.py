"""Revises a book of rules: first what would change, then a proposal, then a second person's word.

Rules protected: nothing half-done, a revision is the whole book and either in force or not; one proposal at a
time, made from what is newest, so that nobody undoes another's change unseen; a statutory value takes two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hub.actions.rules.follow_rules import FollowRules
from hub.actions.rules.in_force import RulesInForce
from hub.actions.rules.rule_file import read_rules
from hub.model.cases.rule_book import (
    BookKind,
    RevisionState,
    Row,
    RowChange,
    RowProblem,
    RuleBook,
    RuleRevision,
    revision_id,
)
from hub.model.units.unit import Unit
from hub.repositories.agents import UnitRepository
from hub.repositories.rule_books import RuleBookRepository
from hub.runtime.clock import Clock
from hub.runtime.errors import HubError, NotFound, Stale
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Duplicate, Insert, Update
from knowledge_base.files.csv_table import ImportProblems
from knowledge_base.files.row import Problem


class UnfitRules(HubError):
    """The rows cannot be taken; `problems` says why, all at once."""

    def __init__(self, problems: Sequence[RowProblem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class RulePlan:
    """What a change would do. after: the whole book then. base: the revision it is made from."""

    base: int
    after: tuple[Row, ...] = ()
    changes: tuple[RowChange, ...] = ()
    needs_second: bool = False
    problems: tuple[Problem, ...] = ()


class ReviseRules:
    """`by`: the id of the agent who does it. A kind that is no book here raises `NotFound`."""

    def __init__(
        self,
        documents: Documents,
        revisions: RuleBookRepository,
        units: UnitRepository,
        follow: FollowRules,
        rules: RulesInForce,
        clock: Clock,
    ) -> None:
        self._documents = documents
        self._revisions = revisions
        self._units = units
        self._follow = follow
        self._rules = rules
        self._clock = clock

    async def plan_file(self, kind: BookKind, content: bytes) -> RulePlan:
        """What a file would change; every problem with its line. Nothing is stored."""
        (book, base), units = await self._newest(kind), await self._units.list()
        try:
            lined = read_rules(book, content, _by_name(units))
        except ImportProblems as refused:
            return RulePlan(base, problems=refused.problems)
        rows = [row for _, row in lined]
        problems = book.check(rows, _names(units))
        if problems:
            told = (_told(problem, lined) for problem in problems)
            return RulePlan(base, problems=tuple(sorted(told, key=lambda problem: problem.line)))
        return self._plan(book, base, book.merged(self._rules.rows_of(kind, base), rows))

    async def plan_row(self, kind: BookKind, row: Row, *, instead: Sequence[str] = ()) -> RulePlan:
        """What one row would change, new or `instead` of the row with this key. Raises `UnfitRules`."""
        book, base = await self._newest(kind)
        row = book.tidied(row, _by_name(await self._units.list()))
        others = [one for one in self._rules.rows_of(kind, base) if book.key_of(one) != tuple(instead)]
        problems = await self._problems(book, [*others, row])
        if problems:
            raise UnfitRules(problems)
        return self._plan(book, base, book.merged((), [*others, row]))

    async def plan_removal(self, kind: BookKind, key: Sequence[str]) -> RulePlan:
        """What the book is without a row. Raises `UnfitRules`, `NotFound`."""
        book, base = await self._newest(kind)
        before = self._rules.rows_of(kind, base)
        after = [row for row in before if book.key_of(row) != tuple(key)]
        if len(after) == len(before):
            raise NotFound("row")
        problems = await self._problems(book, after)
        if problems:
            raise UnfitRules(problems)
        return self._plan(book, base, tuple(after))

    async def plan_rows(self, kind: BookKind, after: Sequence[Row]) -> RulePlan:
        """What it would change if the book were these rows. Raises `UnfitRules`."""
        book, base = await self._newest(kind)
        problems = await self._problems(book, after)
        if problems:
            raise UnfitRules(problems)
        return self._plan(book, base, tuple(after))

    async def propose(
        self, kind: BookKind, after: Sequence[Row], *, base: int, reason: str, wanted_from: int, by: str
    ) -> RuleRevision:
        """The book as it is wanted, made from revision `base`. wanted_from: ms UTC, 0 for at once.

        In force without more when nothing statutory changes. Raises `UnfitRules`, and `Stale` when the book
        was revised meanwhile or another proposal waits.
        """
        revision, write = await self.revision(
            kind, after, base=base, reason=reason, wanted_from=wanted_from, by=by
        )
        await self._commit(write)
        return revision

    async def newest_rows(self, kind: BookKind) -> tuple[tuple[Row, ...], int]:
        """The book a change is made from, and the number of that revision."""
        _, base = await self._newest(kind)
        return self._rules.rows_of(kind, base), base

    async def revision(
        self, kind: BookKind, after: Sequence[Row], *, base: int, reason: str, wanted_from: int, by: str
    ) -> tuple[RuleRevision, Insert]:
        """The revision that `propose` stores, with its write, for a unit of work that says more. Raises as
        `propose` does; when the number was taken meanwhile the write is a Duplicate."""
        book, newest = await self._newest(kind)
        problems = await self._problems(book, after)
        if problems:
            raise UnfitRules(problems)
        changes = book.changes(self._rules.rows_of(kind, newest), after)
        known = await self._revisions.history(kind, limit=1)
        if newest != base or not changes or (known and known[0].state is RevisionState.PROPOSED):
            raise Stale("rules")
        now, number = self._clock.now_ms(), (known[0].number if known else 0) + 1
        revision = RuleRevision(
            id=revision_id(kind, number),
            kind=kind,
            number=number,
            base=base,
            rows=tuple(dict(row) for row in after),
            reason=reason,
            needs_second=book.needs_second(changes),
            proposed_at=now,
            proposed_by=by,
            wanted_from=wanted_from,
        )
        if not revision.needs_second:
            revision = self._approved(revision, by=by, note="")
        return revision, self._revisions.insert(revision)

    async def approve(self, kind: BookKind, number: int, *, by: str, note: str = "") -> RuleRevision:
        """Puts a proposal in force at its time. Raises `NotFound`, `SamePerson`, and `Stale` when decided."""
        await self._newest(kind)
        found = await self._open(kind, number)
        revision = self._approved(found.value, by=by, note=note)
        await self._commit(self._revisions.update(revision, found.version))
        return revision

    async def refuse(self, kind: BookKind, number: int, *, by: str, note: str) -> RuleRevision:
        """Takes a proposal off the table, also one's own. Raises `NotFound`, `Stale` when it was decided."""
        found = await self._open(kind, number)
        revision = found.value.refused(at=self._clock.now_ms(), by=by, note=note)
        await self._commit(self._revisions.update(revision, found.version))
        return revision

    def _approved(self, revision: RuleRevision, *, by: str, note: str) -> RuleRevision:
        kind = revision.kind
        return revision.approved(
            at=self._clock.now_ms(),
            by=by,
            note=note,
            not_before=self._rules.newest_from(kind),
            moves_due=self._rules.books[kind].moves_due,
        )

    async def _newest(self, kind: BookKind) -> tuple[RuleBook, int]:
        """The book, and the revision a change is made from."""
        if kind not in self._rules.books:
            raise NotFound("book")
        await self._follow.look()
        return self._rules.books[kind], self._rules.newest(kind)

    async def _open(self, kind: BookKind, number: int) -> Versioned[RuleRevision]:
        found = await self._revisions.get(kind, number)
        if found is None:
            raise NotFound("revision")
        if found.value.state is not RevisionState.PROPOSED:
            raise Stale("rules")
        return found

    async def _problems(self, book: RuleBook, rows: Sequence[Row]) -> list[RowProblem]:
        return book.check(rows, _names(await self._units.list()))

    def _plan(self, book: RuleBook, base: int, after: tuple[Row, ...]) -> RulePlan:
        changes = book.changes(self._rules.rows_of(book.kind, base), after)
        return RulePlan(base, after, changes, book.needs_second(changes))

    async def _commit(self, write: Insert | Update) -> None:
        try:
            await self._documents.commit([write])
        except (Conflict, Duplicate):
            raise Stale("rules") from None
        await self._follow.look()


def _names(units: Sequence[Unit]) -> dict[str, str]:
    return {unit.id: unit.name for unit in units}


def _by_name(units: Sequence[Unit]) -> dict[str, str]:
    return {unit.name: unit.id for unit in units}


def _told(problem: RowProblem, lined: Sequence[tuple[int, Row]]) -> Problem:
    """A problem with the line of its file and the name of its column."""
    field = f"{problem.field}：" if problem.field else ""
    return Problem(lined[problem.row][0], f"{field}{problem.zh}", f"{field.replace('：', ': ')}{problem.en}")
