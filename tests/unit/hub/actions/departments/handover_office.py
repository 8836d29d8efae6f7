"""Departments that hand over, on the desk of recipients: one store, one flow of files."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from campaigns.importing.columns import FileKind
from channels.outbox.delivery import MessageClass
from hub.actions.campaigns.recipients.import_contacts import ImportContacts
from hub.actions.campaigns.recipients.merge_rows import MergeRows
from hub.actions.departments.handover.read_handover import Handover, ReadHandover
from hub.actions.departments.handover.sign_handover import SignHandover
from hub.actions.rules.follow_rules import FollowRules
from hub.actions.rules.in_force import RulesInForce
from hub.actions.rules.revise_rules import ReviseRules
from hub.model.agent import Agent, Role
from hub.model.cases.routing.route_book import route_book
from hub.model.departments.registered import RegisteredDepartment
from hub.model.recipients.contact_import import ContactImport, ImportState
from hub.model.units.unit import Unit
from hub.wiring.departments.handover import takers_of
from tests.unit.hub.actions.campaigns.recipients.desk import NOON, OFFICER, REGIONS, RecipientDesk

ADMIN = Agent("admin", "admin", "u", (Role.ADMIN,), NOON, name="管理员")
UNITS = {"traffic": "交警支队", "entry": "出入境管理支队", "household": "户政处"}


class HandoverOffice(RecipientDesk):
    """A recipients' desk that also takes what departments hand over; `again` is the next process."""

    most_bad_percent = 20

    def start(self) -> None:
        super().start()
        stores = self.stores
        self.rules = RulesInForce([route_book()], self.clock)
        self.follow = FollowRules(stores.rule_books, self.rules)
        self.revise = ReviseRules(
            self.documents, stores.rule_books, stores.units, self.follow, self.rules, self.clock
        )
        self.imports = ImportContacts(
            self.documents,
            stores.publicity.contact_imports,
            MergeRows(
                stores.contacts, stores.memberships, stores.publicity.contact_imports, stores.suppressions
            ),
            self.pieces,
            self.clock,
            regions=REGIONS,
            takers=takers_of(stores, self.rules, self.revise),
            most_bad_percent=self.most_bad_percent,
            chunk=self.chunk,
        )
        imports = stores.publicity.contact_imports
        self.read_handover = ReadHandover(stores.departments, imports, self.rules)
        self.sign = SignHandover(self.documents, imports, self.clock)

    async def register(self, *ids: str, **fields: Any) -> None:
        """Departments, each with a unit of its name."""
        for id in ids:
            name = UNITS.get(id, f"{id}支队")
            department = RegisteredDepartment(
                id, name, NOON, "admin", **{"classes": (MessageClass.N, MessageClass.E1), **fields}
            )
            unit = Unit(id=f"unit-{id}", name=name, path=f"/unit-{id}/")
            await self.documents.commit(
                [self.stores.departments.registry.insert(department), self.stores.units.write(unit)]
            )

    async def hand_over(
        self,
        department: str,
        kind: FileKind,
        content: bytes,
        *,
        name: str = "移交.csv",
        take: bool = True,
        **how: Any,
    ) -> ContactImport:
        """A file looked at as it was guessed and, with `take`, carried out when it can be."""
        source = UNITS.get(department, f"{department}支队")
        begun = await self.imports.begin(
            OFFICER, name, source, io.BytesIO(content), kind=kind, department=department
        )
        await self.imports.check(begun.id, mapping=begun.mapping, heading=begun.heading, **how)
        await self.work()
        looked = await self.now(begun.id)
        if take and looked.state is ImportState.CHECKED:
            await self.imports.start(begun.id)
            await self.work()
            await self.follow.look()
        return await self.now(begun.id)

    async def now(self, import_id: str) -> ContactImport:
        """An import as it stands."""
        return (await self.imports.read(import_id)).value

    async def handover(self, department: str) -> Handover:
        """What its page shows."""
        return await self.read_handover(department)

    async def routes(self) -> dict[str, str]:
        """Keyword or number → unit, of the table in force."""
        rows: tuple[Mapping[str, str], ...] = (await self.revise.newest_rows(route_book().kind))[0]
        return {row["keyword"] or row["written_to"]: row["desk"] for row in rows}

    async def whole_store(self) -> dict[str, object]:
        """Everything that imports may change, to compare."""
        found = await self.digest()
        for collection in ("departments", "rule_books", "department_months", "suppression_lifts"):
            async for stored in self.documents.scan(collection):
                found[f"{collection}/{stored.id}"] = (stored.version, stored.body)
        return found


def office_in(folder: Path, *, chunk: int = 5) -> HandoverOffice:
    """An office without departments."""
    return HandoverOffice(folder, chunk=chunk)
