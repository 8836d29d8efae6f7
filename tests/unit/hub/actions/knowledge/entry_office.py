"""A knowledge base with an editor and a reviewer; a second process shares store and clock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from hub.actions.dialogue.encoding import Encoding
from hub.actions.knowledge.edit_entry import EditEntry
from hub.actions.knowledge.edit_words import EditWords
from hub.actions.knowledge.entry_desk import EntryDesk
from hub.actions.knowledge.follow_entries import FollowEntries
from hub.actions.knowledge.import_entries import ImportEntries
from hub.actions.knowledge.import_words import ImportWords
from hub.actions.knowledge.in_force import Knowledge
from hub.actions.knowledge.keep_vectors import KeepVectors
from hub.actions.knowledge.publish_entry import PublishEntry
from hub.actions.knowledge.read_entries import ReadEntries
from hub.actions.knowledge.read_words import ReadWords
from hub.model.entry_record import EntryRecord
from hub.repositories import agents
from hub.repositories.agents import AgentRepository
from hub.repositories.knowledge import entries, entry_versions, vectors, words
from hub.repositories.knowledge.entries import EntryRepository
from hub.repositories.knowledge.entry_versions import EntryVersionRepository
from hub.repositories.knowledge.vectors import VectorRepository
from hub.repositories.knowledge.words import WordRepository
from hub.runtime.clock import FakeClock
from hub.store.crypto import KeyRing, Vault
from hub.store.documents import Documents
from hub.store.sqlite import open_sqlite
from hub.wiring.knowledge import knowledge_with
from knowledge_base.entry import Entry, EntryState
from knowledge_base.match.answer import DEFAULT
from knowledge_base.meaning.encoder import SentenceEncoder

NOON = 1_790_049_600_000  # 2026-09-22 12:00 in China
HOUR = 3_600_000
DAY = 24 * HOUR
COLLECTIONS = (
    *agents.COLLECTIONS,
    *entries.COLLECTIONS,
    *entry_versions.COLLECTIONS,
    *vectors.COLLECTIONS,
    *words.COLLECTIONS,
)
EDITOR, REVIEWER = "li", "zhou"


@dataclass
class Office:
    """One process."""

    documents: Documents
    vault: Vault
    clock: FakeClock
    desk: EntryDesk
    knowledge: Knowledge
    encoding: Encoding
    vectors: KeepVectors
    follow: FollowEntries
    edit: EditEntry
    publish: PublishEntry
    read: ReadEntries
    edit_words: EditWords
    read_words: ReadWords
    import_words: ImportWords
    import_entries: ImportEntries

    def second(self, documents: Documents | None = None, *, second_person: bool = True) -> Office:
        return office_over(documents or self.documents, self.vault, self.clock, second_person=second_person)

    async def version(self, entry_id: str) -> int:
        return (await self.read.get(entry_id)).version

    async def written(self, content: Entry) -> EntryRecord:
        """A new entry as the editor saved it."""
        return await self.edit.save(content, by=EDITOR)

    async def published(self, content: Entry) -> EntryRecord:
        """A new entry that answers."""
        record = await self.written(content)
        return await self.publish.publish(record.id, by=REVIEWER, version=await self.version(record.id))

    async def rewritten(self, entry_id: str, content: Entry) -> int:
        """The next content of a known entry; the version to go on with."""
        version = await self.version(entry_id)
        await self.edit.save(replace(content, id=entry_id), by=EDITOR, version=version)
        return await self.version(entry_id)

    def answer(self, question: str) -> str:
        """What the entry says whose words these are; "" when nothing answers to them."""
        matches = self.knowledge.snapshot.match(question, 1)
        return matches[0].entry.answer if matches and matches[0].score >= 1 else ""


def office_over(
    documents: Documents,
    vault: Vault,
    clock: FakeClock,
    *,
    second_person: bool = True,
    engine: SentenceEncoder | None = None,
) -> Office:
    """engine: the one that this process understands with."""
    repository, versions = EntryRepository(documents, vault), EntryVersionRepository(documents, vault)
    encoding = Encoding(engine, clock)
    desk, knowledge = EntryDesk(documents, repository, versions, clock), knowledge_with(encoding.name)
    keep = KeepVectors(VectorRepository(documents, vault), encoding, knowledge)
    own_words = WordRepository(documents, vault)
    follow = FollowEntries(documents, repository, versions, own_words, knowledge, keep, clock)
    edit_words = EditWords(desk, own_words, follow, knowledge)
    publish = PublishEntry(desk, follow, knowledge, keep, encoding, second_person=second_person)
    return Office(
        documents,
        vault,
        clock,
        desk,
        knowledge,
        encoding,
        keep,
        follow,
        EditEntry(desk),
        publish,
        ReadEntries(desk, AgentRepository(documents, vault), knowledge, DEFAULT, encoding),
        edit_words,
        ReadWords(own_words, AgentRepository(documents, vault), follow, knowledge, DEFAULT),
        ImportWords(edit_words, follow, knowledge),
        ImportEntries(desk, publish, knowledge, encoding),
    )


async def open_office(folder: Path) -> Office:
    clock = FakeClock(NOON)
    documents = await open_sqlite(folder / "hub.db", COLLECTIONS, clock=clock)
    return office_over(documents, Vault(KeyRing.fresh()), clock)


def content(question: str, answer: str = "", *variants: str, tests: tuple[str, ...] = ()) -> Entry:
    """What an editor types."""
    return Entry(
        id="",
        question=question,
        variants=variants,
        answer=answer or f"关于“{question}”的答案。",
        short_answer="",
        topic="户政",
        source="",
        confirm_locally=False,
        state=EntryState.DRAFT,
        updated_at=0,
        tests=tests,
    )
