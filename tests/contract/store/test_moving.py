"""Copying, digesting and migrating work the same on every engine."""

from __future__ import annotations

import asyncio

import pytest

from hub.repositories.key_proof import proved
from hub.store.copying import Copied, copy
from hub.store.crypto import KeyProblem, KeyRing, Vault
from hub.store.digest import digest
from hub.store.documents import Body, Documents, Insert, Refused, Update
from hub.store.migrations import Migration, migrate
from tests.contract.store.conftest import Engine
from tests.contract.store.declared import COLLECTIONS, StandingClock

VAULT = Vault(KeyRing.fresh())


async def fill(store: Documents) -> None:
    rows: list[tuple[str, Body]] = [
        (f"c{n:04}", {"state": "new", "score": n / 4, "unit": None, "free": {"文": [n, None]}})
        for n in range(1_100)
    ]
    await store.insert_many("cases", rows)
    await store.insert_many("entries", [("e1", {"text": "身份证补办"})])
    await store.next_number("case-2026", amount=41)


async def test_a_copy_has_the_same_digest_and_goes_on_numbering(engine: Engine) -> None:
    source, target = await engine.open(), await engine.open()
    await fill(source)
    await migrate(source, VAULT, [Migration(1, "first", add_a_document)], clock=StandingClock())
    before = await digest(source, COLLECTIONS)
    assert await digest(target, COLLECTIONS) != before
    report = await copy(source, target, COLLECTIONS)
    assert Copied("cases", 1_100, 0) in report
    assert await digest(target, COLLECTIONS) == before
    assert await target.next_number("case-2026") == 42
    assert [d.id for d in await target.search("entries", "补办", limit=5)] == ["e1"]
    assert await migrate(target, VAULT, [Migration(1, "first", add_a_document)], clock=StandingClock()) == []


async def test_an_interrupted_copy_is_simply_repeated(engine: Engine) -> None:
    source, target = await engine.open(), await engine.open()
    await fill(source)
    await target.insert_many("cases", [(d.id, d.body) for d in await source.find("cases", {}, limit=600)])
    assert Copied("cases", 500, 600) in await copy(source, target, COLLECTIONS)
    assert await digest(target, COLLECTIONS) == await digest(source, COLLECTIONS)


async def test_a_copy_knows_its_keys_and_none_goes_into_a_store_with_other_keys(
    engine: Engine,
) -> None:
    source, target, foreign = await engine.open(), await engine.open(), await engine.open()
    ours, theirs = KeyRing.fresh(), KeyRing.fresh()
    await proved(source, ours, "ours", COLLECTIONS)
    before = await digest(source, COLLECTIONS)
    await copy(source, target, COLLECTIONS)
    await proved(target, ours, "ours", COLLECTIONS)
    with pytest.raises(KeyProblem, match=ours.current):
        await proved(target, theirs, "theirs", COLLECTIONS)
    await proved(foreign, theirs, "theirs", COLLECTIONS)
    await fill(source)
    with pytest.raises(Refused, match="other keys"):
        await copy(source, foreign, COLLECTIONS)
    assert await digest(foreign, COLLECTIONS) == before  # nothing was copied


async def test_of_two_hubs_that_make_keys_at_once_one_is_refused(store: Documents) -> None:
    rings = [KeyRing.fresh(), KeyRing.fresh()]
    ends = await asyncio.gather(
        *(proved(store, ring, "a file", COLLECTIONS) for ring in rings), return_exceptions=True
    )
    [refused] = [number for number, end in enumerate(ends) if isinstance(end, KeyProblem)]
    await proved(store, rings[1 - refused], "a file", COLLECTIONS)
    with pytest.raises(KeyProblem, match=rings[1 - refused].current):
        await proved(store, rings[refused], "a file", COLLECTIONS)


async def test_any_difference_shows_in_the_digest(store: Documents) -> None:
    seen = {await digest(store, COLLECTIONS)}
    await store.commit([Insert("cases", "c1", {"state": "new"})])
    seen.add(await digest(store, COLLECTIONS))
    await store.commit([Update("cases", "c1", {"free": None}, 1)])
    seen.add(await digest(store, COLLECTIONS))
    await store.commit([Insert("parts", "c1", {})])
    seen.add(await digest(store, COLLECTIONS))
    assert len(seen) == 4


async def add_a_document(documents: Documents, vault: Vault) -> None:
    """Harmless to repeat."""
    await documents.insert_many("parts", [("made", {"unit": "fz"})])


async def add_another(documents: Documents, vault: Vault) -> None:
    """Harmless to repeat."""
    await documents.insert_many("parts", [("second", {"unit": "fz"})])


async def test_migrations_run_once_in_order_and_are_recorded(store: Documents) -> None:
    first, second = Migration(1, "first", add_a_document), Migration(2, "second", add_another)
    clock = StandingClock(1_767_000_000_000)
    assert await migrate(store, VAULT, [first], clock=clock) == [1]
    assert await migrate(store, VAULT, [first, second], clock=clock) == [2]
    assert await migrate(store, VAULT, [first, second], clock=clock) == []
    assert set(await store.get_many("parts", ["made", "second"])) == {"made", "second"}
    record = await store.get("_migrations", "0002")
    assert record is not None
    assert record.body == {
        "number": 2,
        "name": "second",
        "checksum": second.checksum(),
        "applied_at": 1_767_000_000_000,
    }


async def test_a_newer_store_and_a_changed_migration_are_refused(store: Documents) -> None:
    clock = StandingClock()
    steps = [Migration(1, "first", add_a_document), Migration(2, "second", add_another)]
    await migrate(store, VAULT, steps, clock=clock)
    with pytest.raises(Refused, match="upgrade"):
        await migrate(store, VAULT, steps[:1], clock=clock)
    with pytest.raises(Refused, match="changed"):
        await migrate(store, VAULT, [steps[0], Migration(2, "second", add_a_document)], clock=clock)
    with pytest.raises(Refused, match="gaps"):
        await migrate(store, VAULT, [Migration(2, "second", add_another)], clock=clock)
