"""A store whose commits are indexed, and cases in it."""

from __future__ import annotations

from dataclasses import replace

from channels.address import phone
from hub.model.cases.case import Applicant, Case, Origin
from hub.model.cases.history import HistoryKind, recorded
from hub.model.cases.proceeding import Proceeding
from hub.model.cases.state import CaseState
from hub.model.conversation import Author, Conversation, Direction, Message
from hub.model.track import Compartment, Track
from hub.repositories.repositories import COLLECTIONS, repositories
from hub.repositories.search.search_keys import Key
from hub.repositories.search.searchable_documents import SearchableDocuments
from hub.runtime.clock import FakeClock
from hub.store.crypto import KeyRing, Vault
from hub.store.documents import Documents, Write
from hub.store.memory_documents import MemoryDocuments

NOW = 1_790_049_600_000


class Desk:
    """Cases 1, 2, … of one citizen each."""

    def __init__(self, engine: Documents | None = None, vault: Vault | None = None) -> None:
        self.vault = vault or Vault(KeyRing.fresh())
        self.engine = engine or MemoryDocuments(COLLECTIONS, clock=FakeClock(NOW))
        self.documents = SearchableDocuments(self.engine, self.vault)
        self.stores = repositories(self.documents, self.vault, cities={})

    def case(self, number: int = 1, text: str = "", *, title: str = "", track: Track = Track.SERVICE) -> Case:
        address = phone(f"+8613800138{number:03}")
        applicant = Applicant("张三丰", address.value, self.stores.contacts.key(address))
        return Case(
            id=f"case{number}",
            reference=f"2611300000{number:02}88",
            received_at=NOW,
            updated_at=NOW,
            proceeding=Proceeding(track, CaseState.REGISTERED),
            origin=Origin("sms", "sms", f"talk{number}"),
            applicant=applicant,
            title=title,
            text=text,
        )

    async def commit(self, *writes: Write) -> None:
        await self.documents.commit(writes)

    async def opened(self, case: Case, *texts: str) -> Case:
        """A case with what was said in it, in one unit of work."""
        talk = Conversation(
            case.origin.conversation_id,
            "sms",
            "sms",
            "",
            case.applicant.address_key,
            NOW,
            NOW,
            case.id,
            address=case.applicant.address,
        )
        said = [self.said(case, text, seq) for seq, text in enumerate(texts, 1)]
        await self.commit(
            self.stores.conversations.insert(talk),
            self.stores.cases.insert(case),
            *map(self.stores.conversations.insert_message, said),
        )
        return case

    def said(self, case: Case, text: str, seq: int, *, talk: str = "") -> Message:
        """A message of the citizen."""
        talk = talk or case.origin.conversation_id
        return Message(
            f"{talk}-{seq}", talk, seq, Direction.IN, Author.CITIZEN, NOW + seq, case.id, text=text
        )

    async def add(self, case: Case, text: str, seq: int) -> None:
        """Says something more in it."""
        await self.commit(self.stores.conversations.insert_message(self.said(case, text, seq)))

    async def note(self, case_id: str, text: str) -> None:
        """An internal note."""
        found = await self.stores.cases.get(case_id)
        assert found is not None
        after, entry = recorded(found.value, at=NOW, actor="a1", kind=HistoryKind.NOTED, text=text)
        await self.commit(
            self.stores.cases.update(after, found.version), self.stores.cases.insert_entry(entry)
        )

    async def change(self, case_id: str, **changes: object) -> None:
        """The case with other fields."""
        found = await self.stores.cases.get(case_id)
        assert found is not None
        case = replace(found.value, **changes)  # type: ignore[arg-type]
        await self.commit(self.stores.cases.update(case, found.version))

    async def wall(
        self, case_id: str, compartment: Compartment = Compartment.SCREENING, **facts: str
    ) -> None:
        """Behind the compartment, or out of it."""
        kind = HistoryKind.RELEASED if compartment is Compartment.NONE else HistoryKind.SUSPECTED
        found = await self.stores.cases.get(case_id)
        assert found is not None
        after, entry = recorded(
            replace(found.value, compartment=compartment), at=NOW, actor="a1", kind=kind, facts=facts
        )
        await self.commit(
            self.stores.cases.update(after, found.version), self.stores.cases.insert_entry(entry)
        )

    async def found(self, *words: str, keys: tuple[Key, ...] = ()) -> list[str]:
        """Ids found in the shared index."""
        return await self.stores.case_index.find(keys, words, limit=50)
