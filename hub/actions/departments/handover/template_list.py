"""A department's templates, as a kind of file: they join those it registered, and replace none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from campaigns.importing.columns import Column
from campaigns.importing.row import Rejected, cells_of
from campaigns.importing.table import BadFile
from hub.actions.campaigns.recipients.taker import Merged
from hub.model.departments.foreign_template import MAX_CODE, MAX_TEXT, class_named, our_text, parts_of
from hub.model.departments.registered import DepartmentTemplate
from hub.model.recipients.contact_import import (
    ContactImport,
    ImportConflict,
    RejectedRow,
    Totals,
    added,
)
from hub.repositories.departments.registry import DepartmentRepository
from hub.store.documents import Write

MAX_TYPED = 60_000
"""Characters of all templates of a department: what its page can show and save again."""
TAKEN_BY = "已登记的模板"


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """A template in our writing. noted: keys of `campaigns.importing.row.NOTED`."""

    template: DepartmentTemplate
    noted: tuple[str, ...]


class TemplateList:
    """See `Taker`."""

    is_whole = True
    at_once = 0
    longest = MAX_TEXT + 1
    repeats = "repeated"

    def __init__(self, registry: DepartmentRepository) -> None:
        self._registry = registry

    def read(self, taking: ContactImport, cells: Sequence[str]) -> TemplateRow:
        """Raises `Rejected`."""
        said = cells_of(cells, [Column(one) for one in taking.mapping])
        code, foreign = said.get(Column.CODE, ""), said.get(Column.TEXT, "")
        if not re.fullmatch(rf"[A-Za-z0-9_-]{{1,{MAX_CODE}}}", code):
            raise Rejected("bad_code", code)
        if not foreign:
            raise Rejected("no_text", code)
        if len(foreign) > MAX_TEXT:
            raise Rejected("text_too_long", code)
        message_class = class_named(said.get(Column.MESSAGE_CLASS, ""))
        if message_class is None:
            raise Rejected("bad_class", said[Column.MESSAGE_CLASS])
        ours = our_text(foreign)
        if ours is None:
            raise Rejected("bad_places", code)
        noted = [
            word for word, is_so in (("renamed_places", ours.renamed), ("joined_lines", ours.joined)) if is_so
        ]
        return TemplateRow(DepartmentTemplate(code, message_class, ours.text), tuple(noted))

    async def merge(
        self, taking: ContactImport, rows: Sequence[tuple[int, TemplateRow]], *, at: int, is_last: bool
    ) -> Merged:
        """One with a code that says something else already waits for a decision."""
        found = await self._registry.get(taking.department)
        if found is None:
            raise BadFile("部门没有登记")
        department = found.value
        registered = {one.code: one for one in department.templates}
        texts: dict[str, set[DepartmentTemplate]] = {}
        for _, row in rows:
            texts.setdefault(row.template.code, set()).add(row.template)
        signature = next(iter(department.signatures), "")
        counts: Counter[str] = Counter()
        noted: Counter[str] = Counter()
        joins: dict[str, DepartmentTemplate] = {}
        rejected: list[RejectedRow] = []
        conflicts: list[ImportConflict] = []
        for line, row in rows:
            one = row.template
            if one.message_class not in department.classes:
                rejected.append(RejectedRow(line, "class_not_allowed", one.code))
            elif len(texts[one.code]) > 1:
                conflicts.append(ImportConflict(line, "code_twice", one.code, "", one.text))
            elif one.code in registered and registered[one.code] != one:
                conflicts.append(ImportConflict(line, "code_taken", one.code, TAKEN_BY, one.text))
            else:
                noted.update(row.noted)
                noted["several_parts"] += parts_of(one.text, signature) > 1
                is_new = one.code not in registered and one.code not in joins
                counts["new" if is_new else "repeated" if one.code in joins else "unchanged"] += 1
                if is_new:
                    joins[one.code] = one
        after = replace(
            department,
            templates=(*department.templates, *joins.values()),
            changed_at=at,
            changed_by=taking.by,
        )
        if sum(len(one.code) + len(one.text) + 5 for one in after.templates) > MAX_TYPED:
            raise BadFile("模板太多，合计超过 6 万字。请只移交仍在使用的模板")
        writes: tuple[Write, ...] = (self._registry.update(after, found.version),) if joins else ()
        totals = added(Totals(), **counts, noted=+noted)
        return Merged(writes, totals, (), tuple(rejected), tuple(conflicts))
