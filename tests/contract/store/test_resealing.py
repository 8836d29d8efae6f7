"""After another key became current everything is sealed anew with it, also by a hub that works meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from hub.actions.retention.reseal_store import ResealStore
from hub.repositories.knowledge import cursors
from hub.repositories.knowledge.cursors import CursorRepository
from hub.runtime.clock import FakeClock
from hub.store.codec import Shape
from hub.store.crypto import KeyRing, Vault, load_ring, replace_ring
from hub.store.documents import Collection
from hub.store.files import FileStore
from hub.store.memory_documents import MemoryDocuments
from hub.store.pieces import KeptPieces, SealedPieces
from hub.store.resealing import Round, look, reseal

PEOPLE = Collection("people")
RING = KeyRing.fresh()
LATER = RING.rotated()


@dataclass(frozen=True)
class Person:
    id: str
    name: str


def shape(vault: Vault) -> Shape[Person]:
    return Shape(Person, "people", vault, personal=frozenset({"name"}))


@pytest.fixture
async def documents() -> MemoryDocuments:
    made = MemoryDocuments([PEOPLE, *cursors.COLLECTIONS], clock=FakeClock())
    old = shape(Vault(RING))
    await made.commit([old.insert(Person(f"{number:03}", f"人{number}")) for number in range(450)])
    return made


async def test_rows_and_files_are_sealed_anew_and_read_the_same(
    documents: MemoryDocuments, tmp_path: Path
) -> None:
    id = await FileStore(tmp_path, Vault(RING)).put(b"a photo")
    vault = Vault(LATER)
    files = FileStore(tmp_path, vault)
    before = await look(documents, [PEOPLE], [files], vault)
    assert (before.rows, before.files, before.damaged) == ({RING.current: 450}, {RING.current: 1}, [])
    done = await reseal(documents, [PEOPLE], [files], vault)
    assert (done.resealed, done.left) == (451, 0)
    alone = Vault(KeyRing(LATER.current, {LATER.current: LATER.keys[LATER.current]}, LATER.index))
    after = await look(documents, [PEOPLE], [FileStore(tmp_path, alone)], alone)
    assert (after.rows, after.files, after.damaged) == ({LATER.current: 450}, {LATER.current: 1}, [])
    assert await FileStore(tmp_path, alone).get(id) == b"a photo"
    stored = await documents.get("people", "007")
    assert stored
    assert shape(alone).load(stored) == Person("007", "人7")
    again = await reseal(documents, [PEOPLE], [files], vault)
    assert (again.resealed, again.left) == (0, 0)


async def test_pieces_of_a_list_that_waits_to_be_imported_are_sealed_anew_too(
    documents: MemoryDocuments, tmp_path: Path
) -> None:
    pieces = SealedPieces(tmp_path, Vault(RING))
    for place in range(11):
        pieces.put("a-list", place, bytes([place]) * 9)
    (tmp_path / "a-list" / "3").write_text(Vault(RING).seal("pieces/a-list/3", b"as before"))
    vault = Vault(LATER)
    kept = KeptPieces(tmp_path, vault)
    assert (await look(documents, [], [kept], vault)).files == {RING.current: 11}
    assert await reseal(documents, [], [kept], vault) == Round(11, 0)
    found = await look(documents, [], [kept], vault)
    assert (found.files, found.damaged) == ({LATER.current: 11}, [])
    later = SealedPieces(tmp_path, vault)
    assert [later.get("a-list", place) for place in (0, 3, 10)] == [bytes(9), b"as before", b"\x0a" * 9]
    (tmp_path / "a-list" / "10").write_bytes(b"")
    assert (await look(documents, [], [kept], vault)).damaged == ["pieces/a-list/10"]


async def test_what_does_not_open_is_left_and_named(documents: MemoryDocuments, tmp_path: Path) -> None:
    await documents.settle("people", [("003", 1, {"pii": f"{RING.current}:AAAA"})])
    vault = Vault(LATER)
    done = await reseal(documents, [PEOPLE], [], vault)
    assert (done.resealed, done.left) == (449, 1)
    assert (await look(documents, [PEOPLE], [], vault)).damaged == ["people/003"]


async def test_a_hub_does_it_once_after_a_key_became_current(documents: MemoryDocuments) -> None:
    kept = CursorRepository(documents)
    vault = Vault(LATER)
    job = ResealStore(documents, kept, vault, [PEOPLE], (), pause_seconds=0)
    assert not await job.step()
    assert (await look(documents, [PEOPLE], [], vault)).rows == {LATER.current: 450}
    assert (await kept.get("resealed")).value == LATER.current
    await documents.settle("people", [("003", 2, {"pii": f"{RING.current}:AAAA"})])
    assert not await job.step()  # gone through already: nothing is looked at again
    assert (await kept.get("resealed")).value == LATER.current


def test_a_ring_is_put_in_the_place_of_another_whole(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    for ring in (RING, RING.with_another(), LATER):
        replace_ring(path, ring)
        assert load_ring(path) == ring
    assert RING.with_another().current == RING.current
    assert [one.name for one in tmp_path.iterdir()] == ["keys.json"]
