"""Everything about recipients, in a store in memory."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from campaigns.segment import EVERYBODY
from channels.address import phone
from hub.actions.campaigns.recipients.count_people import CountPeople
from hub.actions.campaigns.recipients.import_contacts import ImportContacts
from hub.actions.campaigns.recipients.merge_rows import MergeRows
from hub.actions.campaigns.recipients.opt_outs import OptOuts
from hub.actions.campaigns.recipients.read_contacts import ReadContacts
from hub.actions.campaigns.recipients.segment_desk import SegmentDesk
from hub.actions.campaigns.recipients.sent_lately import SentLately
from hub.model.people.contact import Contact
from hub.model.recipients.contact_import import ContactImport, ImportState
from hub.repositories.memberships import Membership
from hub.repositories.repositories import COLLECTIONS, Repositories, repositories
from hub.runtime.clock import FakeClock
from hub.store.crypto import KeyRing, Vault
from hub.store.documents import Documents, Write
from hub.store.memory_documents import MemoryDocuments
from hub.store.pieces import SealedPieces

NOON = 1_790_049_600_000  # 2026-09-22 12:00 in China
DAY = 86_400_000
REGIONS = {"350100": "福州", "350200": "厦门"}
OFFICER = "officer"


class RecipientDesk:
    """One process; `again` is the next one after a crash."""

    def __init__(self, folder: Path, *, chunk: int = 5, documents: Documents | None = None) -> None:
        self.folder = folder
        self.chunk = chunk
        self.clock = FakeClock(NOON)
        self.vault = Vault(KeyRing.fresh())
        self.documents: Documents = documents or MemoryDocuments(COLLECTIONS, clock=self.clock)
        self.start()

    def start(self) -> None:
        """What a process makes of what is stored."""
        self.stores: Repositories = repositories(self.documents, self.vault, cities=REGIONS)
        stores = self.stores
        self.pieces = SealedPieces(self.folder, self.vault)
        self.imports = ImportContacts(
            self.documents,
            stores.publicity.contact_imports,
            MergeRows(
                stores.contacts, stores.memberships, stores.publicity.contact_imports, stores.suppressions
            ),
            self.pieces,
            self.clock,
            regions=REGIONS,
            chunk=self.chunk,
        )
        self.count = CountPeople(stores.memberships, stores.suppressions, self.clock)
        self.sent_lately = SentLately(stores.campaigns, stores.memberships, self.clock)
        self.segments = SegmentDesk(
            self.documents,
            stores.publicity.saved_segments,
            stores.memberships,
            stores.campaigns,
            self.count,
            self.sent_lately,
            self.clock,
        )
        self.opt_outs = OptOuts(
            self.documents,
            stores.suppressions,
            stores.contacts,
            stores.memberships,
            stores.agents,
            self.clock,
            channels={"sms-12110"},
        )
        self.contacts = ReadContacts(
            stores.memberships,
            stores.contacts,
            stores.publicity.contact_imports,
            stores.suppressions,
            stores.campaigns,
            stores.outbox,
            self.opt_outs,
            self.clock,
        )

    async def look(
        self, content: bytes, *, name: str = "名单.csv", source: str = "交警支队", group: str = "社区"
    ) -> ContactImport:
        """The import of a file, looked at as it was guessed."""
        begun = await self.imports.begin(OFFICER, name, source, io.BytesIO(content))
        await self.imports.check(begun.id, mapping=begun.mapping, heading=begun.heading, group=group, tags=())
        await self.work()
        return (await self.imports.read(begun.id)).value

    async def take(self, content: bytes, **how: str) -> ContactImport:
        """The import of a file, carried out."""
        looked = await self.look(content, **how)
        assert looked.state is ImportState.CHECKED, looked.problem
        await self.imports.start(looked.id)
        await self.work()
        return (await self.imports.read(looked.id)).value

    async def work(self) -> None:
        """Lets the job come to its end."""
        while await self.imports.step():
            pass

    async def everybody(self) -> dict[str, Membership]:
        """Number → the row of everybody."""
        found: dict[str, Membership] = {}
        async for stored in self.documents.scan("memberships"):
            if stored.body["group"] == EVERYBODY:
                of = await self.stores.memberships.of_contacts([stored.body["contact_id"]])
                row = next(one.value for one in of[stored.body["contact_id"]] if one.value.group == EVERYBODY)
                found[row.address] = row
        return found

    async def join(self, numbers: Sequence[str], group: str, *, region: str = "350100") -> None:
        """People in a group, as the office put them there before."""
        writes: list[Write] = []
        for number in numbers:
            address = phone(number)
            key = self.stores.contacts.key(address)
            contact = Contact(self.stores.contacts.id_for(key), NOON, region=region, name="林一")
            groups = [group] if await self.stores.contacts.known([key]) else [EVERYBODY, group]
            if len(groups) > 1:
                writes += [
                    self.stores.contacts.insert(contact),
                    self.stores.contacts.insert_address(contact.id, address, at=NOON),
                ]
            writes += [self.stores.memberships.join(contact, address, one, at=NOON) for one in groups]
        await self.documents.commit(writes)

    async def digest(self) -> dict[str, object]:
        """Everything that is stored about contacts, without versions and seals."""
        found: dict[str, object] = {}
        for collection in ("contacts", "addresses", "memberships", "contact_sources", "suppressions"):
            async for stored in self.documents.scan(collection):
                found[f"{collection}/{stored.id}"] = (stored.version, stored.body)
        return found


def csv_of(*lines: str, encoding: str = "utf-8") -> bytes:
    """A file of these lines."""
    return "\r\n".join(lines).encode(encoding)
