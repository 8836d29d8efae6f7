"""The books of rules as administrators look at them."""

from __future__ import annotations

from dataclasses import dataclass

from hub.actions.rules.follow_rules import FollowRules
from hub.actions.rules.in_force import RulesInForce
from hub.model.cases.rule_book import BookKind, RevisionState, Row, RowChange, RuleBook, RuleRevision
from hub.model.units.unit import Unit
from hub.repositories.agents import AgentRepository, UnitRepository
from hub.repositories.rule_books import RuleBookRepository
from hub.runtime.errors import NotFound


@dataclass(frozen=True, slots=True)
class BookView:
    """A book now. number: the revision in force. open: a proposal that waits. history: newest first."""

    book: RuleBook
    number: int
    rows: tuple[Row, ...]
    open: RuleRevision | None
    history: tuple[RuleRevision, ...]


class ReadRules:
    """Everything that changes nothing. An unknown kind or number raises `NotFound`."""

    def __init__(
        self,
        revisions: RuleBookRepository,
        agents: AgentRepository,
        units: UnitRepository,
        follow: FollowRules,
        rules: RulesInForce,
    ) -> None:
        self._revisions = revisions
        self._agents = agents
        self._units = units
        self._follow = follow
        self._rules = rules

    async def book(self, kind: BookKind) -> BookView:
        """The rules in force, and how they came to be."""
        if kind not in self._rules.books:
            raise NotFound("book")
        await self._follow.look()
        history = await self._revisions.history(kind)
        waits = history[0] if history and history[0].state is RevisionState.PROPOSED else None
        number, rows = self._rules.number(kind), self._rules.rows(kind)
        return BookView(self._rules.books[kind], number, rows, waits, tuple(history))

    async def books(self) -> list[BookView]:
        """All of them."""
        return [await self.book(kind) for kind in self._rules.books]

    async def revision(self, kind: BookKind, number: int) -> tuple[RuleRevision, tuple[RowChange, ...]]:
        """A revision and what it changes against the one it was made from."""
        if kind not in self._rules.books:
            raise NotFound("book")
        await self._follow.look()
        found = await self._revisions.get(kind, number)
        if found is None:
            raise NotFound("revision")
        revision, book = found.value, self._rules.books[kind]
        return revision, book.changes(self._rules.rows_of(kind, revision.base), revision.rows)

    async def names(self, ids: set[str]) -> dict[str, str]:
        """The names of agents by their ids."""
        return {id: agent.name for id, agent in (await self._agents.get_many(sorted(ids - {""}))).items()}

    async def units(self) -> list[Unit]:
        """All units, for the catalogue of competence."""
        return list(await self._units.list())
