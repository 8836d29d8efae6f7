"""What a department has handed over, and what has to be settled before it goes live.

`open_points` is what a cut-over asks: while it names anything, the department stays with its old platform.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from campaigns.importing.columns import FileKind
from campaigns.said import Said
from hub.actions.departments.handover.route_list import Claim, claim_of
from hub.actions.rules.in_force import RulesInForce
from hub.model.cases.routing.routes import folded
from hub.model.cases.rule_book import BookKind
from hub.model.departments import handover
from hub.model.departments.registered import RegisteredDepartment
from hub.model.departments.sent_month import SentMonth
from hub.model.recipients.contact_import import ContactImport, ImportConflict, ImportState
from hub.repositories.departments.records import DepartmentRecords
from hub.repositories.recipients.contact_imports import ContactImportRepository
from hub.runtime.errors import NotFound

_MANY = 200


@dataclass(frozen=True, slots=True)
class Handover:
    """imports: all files, the newest first. months: what was sent before, the newest first. unsettled: what
    stands against go-live beside a missing signature."""

    department: RegisteredDepartment
    imports: tuple[ContactImport, ...]
    months: tuple[SentMonth, ...]
    unsettled: tuple[Said, ...]

    @property
    def taken(self) -> tuple[ContactImport, ...]:
        """What stands on the sheet: files that were taken to their end, in the order they came."""
        return tuple(one for one in reversed(self.imports) if one.state is ImportState.DONE)

    @property
    def unsigned(self) -> tuple[ContactImport, ...]:
        """What the department has still to sign for."""
        return tuple(one for one in self.taken if not one.signed_at)

    @property
    def open(self) -> tuple[Said, ...]:
        """All that stands against go-live."""
        lacking = (Said(handover.UNSIGNED, count=len(self.unsigned)),) if self.unsigned else ()
        return (*self.unsettled, *lacking)


class ReadHandover:
    """Who may see a department is asked by the caller."""

    def __init__(
        self, records: DepartmentRecords, imports: ContactImportRepository, rules: RulesInForce
    ) -> None:
        self._records = records
        self._imports = imports
        self._rules = rules

    async def __call__(self, id: str) -> Handover:
        """Of a registered department. Raises `NotFound`."""
        found = await self._records.registry.get(id)
        if found is None:
            raise NotFound("department")
        imports = await self._imports.newest(limit=_MANY, department=id)
        months = [one.value for one in await self._records.sent_months.of(id)]
        registered = [one.value for one in await self._records.registry.list()]
        points = self._points(found.value, registered, imports)
        return Handover(found.value, tuple(imports), tuple(months), tuple(points))

    async def open_points(self, id: str) -> tuple[Said, ...]:
        """What stands against go-live, in words; nothing where nothing does. Raises `NotFound`."""
        return (await self(id)).open

    def _points(
        self,
        department: RegisteredDepartment,
        registered: Sequence[RegisteredDepartment],
        imports: Sequence[ContactImport],
    ) -> list[Said]:
        newest = handover.newest_of_each(imports)
        desks = {claim_of(row): row["desk"] for row in self._rules.rows(BookKind.ROUTES)}
        texts = {one.code: one.text for one in department.templates}
        points = [point for one in newest.values() for point in handover.standing(one)]
        for kind in (FileKind.ROUTES, FileKind.TEMPLATES):
            if taking := newest.get(kind):
                open_ones = [one for one in taking.conflicts if not _is_settled(one, desks, texts)]
                points += handover.conflicts_said(taking, open_ones)
        return points + handover.same_extensions(department, registered)


def _is_settled(conflict: ImportConflict, desks: Mapping[Claim, str], texts: Mapping[str, str]) -> bool:
    """Whether what stands in the table of desks and in the registry (code → text) answers it. What another
    unit keeps is settled by a file that no longer asks for it."""
    if conflict.reason.startswith("code"):
        stands = texts.get(conflict.what, "")
    else:
        field = "written_to" if conflict.reason.startswith("number") else "keyword"
        stands = desks.get((field, folded(conflict.what)), "")
    return bool(stands) and (conflict.reason.endswith("_twice") or stands == conflict.wanted)
