"""A department's keywords and extensions, as a kind of file: they join the table of desks (来信分流).

Rule protected: what another unit has already is never taken from it here; it waits for a decision, and the
department does not go live before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from campaigns.importing.columns import Column
from campaigns.importing.row import cells_of
from campaigns.importing.table import MAX_CELL_CHARS, BadFile
from hub.actions.campaigns.recipients.taker import Merged
from hub.actions.rules.in_force import RulesInForce
from hub.actions.rules.revise_rules import ReviseRules, UnfitRules
from hub.model.cases.routing.routes import folded
from hub.model.cases.rule_book import BookKind, Row
from hub.model.recipients.contact_import import (
    ContactImport,
    ImportConflict,
    RejectedRow,
    Totals,
    added,
)
from hub.repositories.agents import UnitRepository
from hub.runtime.errors import Stale
from hub.store.documents import Write

Claim = tuple[str, str]
"""A field of the table, `written_to` or `keyword`, and what it holds, as it is compared."""
_REASONS = {"written_to": "bad_number", "keyword": "bad_keyword", "desk": "unknown_desk"}
_NAMES = {"written_to": "number", "keyword": "keyword"}


class RouteList:
    """See `Taker`."""

    is_whole = True
    at_once = 0
    longest = MAX_CELL_CHARS
    repeats = "repeated"

    def __init__(self, revise: ReviseRules, rules: RulesInForce, units: UnitRepository) -> None:
        self._revise = revise
        self._rules = rules
        self._units = units

    def read(self, taking: ContactImport, cells: Sequence[str]) -> Row:
        """A row of the table of desks; whether it makes sense is asked of the table."""
        said = cells_of(cells, [Column(one) for one in taking.mapping])
        return {
            "written_to": said.get(Column.WRITTEN_TO, ""),
            "keyword": said.get(Column.KEYWORD, ""),
            "desk": said.get(Column.DESK, "") or taking.desk,
        }

    async def merge(
        self, taking: ContactImport, rows: Sequence[tuple[int, Row]], *, at: int, is_last: bool
    ) -> Merged:
        """The table with the rows nobody else claims is a revision of it, in force at once."""
        book, units = self._rules.books[BookKind.ROUTES], await self._units.list()
        by_name, names = {unit.name: unit.id for unit in units}, {unit.id: unit.name for unit in units}
        before, base = await self._revise.newest_rows(BookKind.ROUTES)
        owners = {claim_of(row): row["desk"] for row in before}
        tidy = [(line, book.tidied(row, by_name)) for line, row in rows]
        rejected = [refused for line, row in tidy if (refused := self._refused(line, row, names))]
        wrong = {one.line for one in rejected}
        fitting = [(line, row) for line, row in tidy if line not in wrong]
        wanted: dict[Claim, set[str]] = {}
        for _, row in fitting:
            wanted.setdefault(claim_of(row), set()).add(row["desk"])
        counts: Counter[str] = Counter()
        joins: dict[Claim, Row] = {}
        conflicts: list[ImportConflict] = []
        for line, row in fitting:
            claim = claim_of(row)
            owner = owners.get(claim, "")
            what, name = row[claim[0]], _NAMES[claim[0]]
            if owner and owner != row["desk"]:
                shown = names.get(owner, owner)
                conflicts.append(ImportConflict(line, f"{name}_taken", what, shown, row["desk"]))
            elif len(wanted[claim]) > 1:
                conflicts.append(ImportConflict(line, f"{name}_twice", what, "", row["desk"]))
            else:
                counts["repeated" if claim in joins else "unchanged" if owner else "new"] += 1
                if not owner:
                    joins.setdefault(claim, row)
        writes = await self._writes(taking, base, [*before, *joins.values()]) if joins else ()
        return Merged(writes, added(Totals(), **counts), (), tuple(rejected), tuple(conflicts))

    def _refused(self, line: int, row: Row, names: Mapping[str, str]) -> RejectedRow | None:
        """Why the table does not take a row, or None."""
        shown = row["keyword"] or row["written_to"]
        if row["keyword"] and row["written_to"]:
            return RejectedRow(line, "number_and_keyword", shown)
        problem = next(iter(self._rules.books[BookKind.ROUTES].check([row], names)), None)
        if problem is None:
            return None
        cell = row["desk"] if problem.field == "desk" else shown
        return RejectedRow(line, _REASONS[problem.field], cell)

    async def _writes(self, taking: ContactImport, base: int, after: Sequence[Row]) -> tuple[Write, ...]:
        """Raises `BadFile` while somebody else's revision waits for its decision, or the table is not in
        order."""
        book = self._rules.books[BookKind.ROUTES]
        try:
            _, write = await self._revise.revision(
                BookKind.ROUTES,
                book.merged((), after),
                base=base,
                reason=f"{taking.source}移交",
                wanted_from=0,
                by=taking.by,
            )
        except Stale:
            raise BadFile("来信分流有一份修订还没有决定，请先决定它，再重新导入") from None
        except UnfitRules:
            raise BadFile("来信分流表里有需要改正的行，请先改正，再重新导入") from None
        return (write,)


def claim_of(row: Row) -> Claim:
    """What a row of the table claims for its desk."""
    field = "written_to" if row["written_to"] else "keyword"
    return field, folded(row[field])
