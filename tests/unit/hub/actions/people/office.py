"""People who brought cases, in a store in memory."""

from __future__ import annotations

from dataclasses import replace

from channels.address import Address, AddressKind
from hub.actions.cases.open_case import NewCase, OpenCase
from hub.actions.cases.queue.needs_of import NeedsOf
from hub.actions.cases.references import References
from hub.actions.dialogue.encoding import Encoding
from hub.actions.people.alike import FindAlike
from hub.actions.people.edit_person import EditPerson
from hub.actions.people.find_person import FindPerson
from hub.actions.people.may_call import MayCall
from hub.actions.people.merge_people import MergePeople
from hub.actions.people.read_person import ReadPerson
from hub.model.agent import Agent, Role
from hub.model.cases.case import Applicant, Case, Origin
from hub.model.people.contact import Contact
from hub.model.track import Compartment, Track
from hub.repositories.repositories import COLLECTIONS, Repositories, repositories
from hub.runtime.clock import FakeClock
from hub.store.crypto import KeyRing, Vault
from hub.store.memory_documents import MemoryDocuments
from tests.rules import case_rules

NOW = 1_790_049_600_000
REPORT_LINE = "voice-12389"


class PeopleOffice:
    """Everything about people, and cases to begin with."""

    def __init__(self) -> None:
        self.clock = FakeClock(NOW)
        self.documents = MemoryDocuments(COLLECTIONS, clock=self.clock)
        self.stores: Repositories = repositories(self.documents, Vault(KeyRing.fresh()), cities={})
        self.find = FindPerson(self.stores)
        self.edit = EditPerson(self.documents, self.stores, self.find, self.clock)
        self.merge = MergePeople(self.documents, self.stores, self.find, self.clock)
        self.may_call = MayCall(self.stores)
        self.needs_of = NeedsOf(self.stores)
        self.read = ReadPerson(
            self.stores, self.find, FindAlike(Encoding(None, self.clock)), report_channels={REPORT_LINE}
        )
        self._open_case = OpenCase(
            self.stores.cases, References(self.documents, Vault(KeyRing.fresh()), self.clock), case_rules()
        )

    def agent(self, *roles: Role, id: str = "") -> Agent:
        return Agent(id or roles[0].value, id or roles[0].value, "", roles, NOW, name=f"测试{roles[0].value}")

    async def case(
        self,
        phone: str,
        text: str = "小区门口违停",
        track: Track = Track.APPEAL,
        *,
        name: str = "",
        stored: bool = True,
    ) -> Case:
        """A case of whoever has this number. stored: whether the contact is, as a caller's is not."""
        contacts = self.stores.contacts
        address = Address(AddressKind.PHONE, phone)
        key = contacts.key(address)
        contact_id = await contacts.contact_id(key) or ""
        writes = []
        if stored and not contact_id:
            contact_id = contacts.id_for(key)
            writes = [
                contacts.insert(Contact(contact_id, NOW, name=name)),
                contacts.insert_address(contact_id, address, at=NOW),
            ]
        self.clock.at += 1
        opened = await self._open_case(
            NewCase(
                track,
                Origin("sms-12110", "sms"),
                self.clock.at,
                Applicant(name, phone, key, contact_id if stored else ""),
                text=text,
            )
        )
        await self.documents.commit([*writes, *self._open_case.writes(opened)])
        return opened.case

    async def hide(self, case: Case) -> None:
        """The case as if an inspector had to look at it."""
        found = await self.stores.cases.get(case.id)
        assert found is not None
        hidden = replace(found.value, compartment=Compartment.SCREENING)
        await self.documents.commit([self.stores.cases.update(hidden, found.version)])

    def id_of(self, case: Case) -> str:
        return self.stores.contacts.id_for(case.applicant.address_key)
