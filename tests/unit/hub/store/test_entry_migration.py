"""Entries of the shape before they had a life are taken over: what answered goes on answering."""

from __future__ import annotations

from pathlib import Path

from hub.repositories.repositories import COLLECTIONS
from hub.runtime.clock import FakeClock
from hub.store.crypto import KeyRing, Vault
from hub.store.documents import Insert
from hub.store.migrations import migrate
from hub.store.sqlite import open_sqlite
from knowledge_base.entry import EntryState
from tests.unit.hub.actions.knowledge.entry_office import NOON, REVIEWER, content, office_over

VAULT = Vault(KeyRing.fresh())


async def test_entries_of_the_older_shape_are_taken_over(tmp_path: Path) -> None:
    clock = FakeClock(NOON)
    documents = await open_sqlite(tmp_path / "old.db", COLLECTIONS, clock=clock)
    try:
        for id, state in (("a", "published"), ("b", "retired"), ("c", "draft")):
            await documents.commit([Insert("entries", id, _old(f"问题{id}怎么办？", state))])
        assert await migrate(documents, VAULT, clock=clock) == [1, 2]
        office = office_over(documents, VAULT, clock)
        await office.follow.look()
        assert [entry.id for entry in office.knowledge.snapshot.entries] == ["a"]
        records = {id: (await office.read.get(id)).value for id in "abc"}
        assert records["b"].live is not None
        assert records["b"].live.state is EntryState.EXPIRED
        assert records["c"].working is not None
        assert records["c"].live is None
        assert (await office.read.version("a", 1)).content.question == "问题a怎么办？"
        found = await office.read.page(text="问题c")
        assert [record.id for record in found.records] == ["c"]
        version = await office.rewritten("a", content("问题a怎么办？", "新答案"))
        await office.publish.publish("a", by=REVIEWER, version=version)
        assert office.answer("问题a怎么办？") == "新答案"
    finally:
        await documents.close()


async def test_a_take_over_that_was_cut_off_is_repeated(tmp_path: Path) -> None:
    clock = FakeClock(NOON)
    documents = await open_sqlite(tmp_path / "old.db", COLLECTIONS, clock=clock)
    try:
        await documents.commit([Insert("entries", "a", _old("问题a怎么办？", "published"))])
        await migrate(documents, VAULT, clock=clock)
        revision = await documents.get("knowledge", "entries")
        record = await documents.get("_migrations", "0002")
        assert revision is not None
        assert record is not None
        await documents.delete("knowledge", {"id": "entries"}, limit=1)
        await documents.delete("_migrations", {"number": 2}, limit=1)
        assert await migrate(documents, VAULT, clock=clock) == [2]
        office = office_over(documents, VAULT, clock)
        await office.follow.look()
        assert [entry.id for entry in office.knowledge.snapshot.entries] == ["a"]
    finally:
        await documents.close()


def _old(question: str, state: str) -> dict[str, object]:
    return {
        "question": question,
        "variants": [],
        "answer": "答案",
        "short_answer": "",
        "topic": "户政",
        "source": "",
        "confirm_locally": True,
        "state": state,
        "updated_at": NOON,
    }
