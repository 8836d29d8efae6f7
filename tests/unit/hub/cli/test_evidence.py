"""`hub evidence verify` reads every case's history again: whatever was done to it is found and named."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from hub.model.cases.case import Case, Chain, Origin
from hub.model.cases.history import HistoryKind, chain_entry, recorded
from hub.model.cases.proceeding import Proceeding
from hub.model.cases.state import CaseState
from hub.model.track import Track, compartment_of
from hub.repositories.cases import CaseRepository
from hub.runtime.clock import SystemClock
from hub.settings.read import load
from hub.settings.settings import Settings
from hub.store.documents import Delete, Documents, StoreUnavailable, Update
from hub.wiring.store import open_store, open_vault, reading_store
from tests.unit.hub.cli.test_cli import configured, hub, printed

ORDINARY, SECRET = "20261122000017", "20261122000025"
Tamper = Callable[[Documents, CaseRepository], Awaitable[None]]


async def in_store(settings: Settings, work: Tamper) -> None:
    documents = await open_store(settings, SystemClock())
    try:
        await work(documents, CaseRepository(documents, await open_vault(settings, documents)))
    finally:
        await documents.close()


async def two_cases(documents: Documents, cases: CaseRepository) -> None:
    for id, reference, track in (("one", ORDINARY, Track.CONSULT), ("two", SECRET, Track.REPORT)):
        first = chain_entry(id, seq=1, prev_hash="", at=1, actor="citizen", kind=HistoryKind.REGISTERED)
        case = Case(
            id=id,
            reference=reference,
            received_at=1,
            updated_at=1,
            proceeding=Proceeding(track, CaseState.REGISTERED),
            origin=Origin("x", "sms"),
            compartment=compartment_of(track),
            chain=Chain(1, first.hash),
        )
        case, second = recorded(case, at=2, actor="a", kind=HistoryKind.NOTED, text="备注")
        case, third = recorded(case, at=3, actor="a", kind=HistoryKind.CLOSED)
        await documents.commit(
            [cases.insert(case), *(cases.insert_entry(entry) for entry in (first, second, third))]
        )


async def alter(documents: Documents, id: str, body: dict[str, object]) -> None:
    stored = await documents.get("history", id)
    assert stored
    await documents.commit([Update("history", id, body, stored.version)])


async def change_who_did_it(documents: Documents, cases: CaseRepository) -> None:
    await alter(documents, "one:000002", {"actor": "b"})


async def drop_the_last(documents: Documents, cases: CaseRepository) -> None:
    stored = await documents.get("history", "one:000003")
    assert stored
    await documents.commit([Delete("history", stored.id, stored.version)])


async def add_one(documents: Documents, cases: CaseRepository) -> None:
    entries = await cases.history("one")
    extra = chain_entry("one", seq=4, prev_hash=entries[-1].hash, at=4, actor="b", kind=HistoryKind.NOTED)
    await documents.commit([cases.insert_entry(extra)])


async def write_the_end_anew(documents: Documents, cases: CaseRepository) -> None:
    """A chain that is whole in itself, but not the one the case was left with."""
    await drop_the_last(documents, cases)
    entries = await cases.history("one")
    other = chain_entry("one", seq=3, prev_hash=entries[-1].hash, at=3, actor="b", kind=HistoryKind.CLOSED)
    await documents.commit([cases.insert_entry(other)])


async def drop_everything(documents: Documents, cases: CaseRepository) -> None:
    await documents.delete("history", {"id": {"$gt": "one:", "$lt": "one;"}}, limit=10)


@pytest.mark.parametrize(
    ("tamper", "entry"),
    [
        (change_who_did_it, 2),
        (drop_the_last, 3),
        (add_one, 4),
        (write_the_end_anew, 3),
        (drop_everything, 1),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_history_that_was_meddled_with_is_named(tmp_path: Path, tamper: Tamper, entry: int) -> None:
    config = configured(tmp_path)
    settings = load(Path(config))
    asyncio.run(in_store(settings, two_cases))
    whole = hub("evidence", "verify", "--json", "--config", config)
    assert (whole.returncode, printed(whole)["cases"], printed(whole)["problems"]) == (0, 2, [])
    asyncio.run(in_store(settings, tamper))
    ran = hub("evidence", "verify", "--json", "--config", config)
    assert ran.returncode == 1
    [problem] = printed(ran)["problems"]
    assert ORDINARY in problem
    assert f"entry {entry})" in problem


def test_a_sealed_text_exchanged_for_another_is_found(tmp_path: Path) -> None:
    config = configured(tmp_path)
    settings = load(Path(config))

    async def exchange(documents: Documents, cases: CaseRepository) -> None:
        other = await documents.get("history", "two:000002")
        assert other
        await alter(documents, "one:000002", {"pii": other.body["pii"]})

    asyncio.run(in_store(settings, two_cases))
    asyncio.run(in_store(settings, exchange))
    ran = hub("evidence", "verify", "--config", config)
    assert ran.returncode == 1
    assert ORDINARY in ran.stderr


def test_a_case_behind_the_wall_is_counted_and_not_named(tmp_path: Path) -> None:
    config = configured(tmp_path)
    settings = load(Path(config))

    async def meddle(documents: Documents, cases: CaseRepository) -> None:
        await alter(documents, "two:000002", {"actor": "b"})

    asyncio.run(in_store(settings, two_cases))
    asyncio.run(in_store(settings, meddle))
    ran = hub("evidence", "verify", "--config", config)
    assert ran.returncode == 1
    assert "保密工单：1 件" in ran.stderr
    assert SECRET not in ran.stdout + ran.stderr


def test_it_runs_beside_a_hub_and_writes_nothing(tmp_path: Path) -> None:
    config = configured(tmp_path)
    settings = load(Path(config))
    assert hub("evidence", "verify", "--config", config).returncode == 2
    assert not settings.store.path.exists()

    async def beside(documents: Documents, cases: CaseRepository) -> None:
        await two_cases(documents, cases)
        odd = await asyncio.to_thread(hub, "evidence", "verify", "--head", "x", "--config", config)
        assert (odd.returncode, "NUMBER:MARK" in odd.stderr) == (2, True)
        ran = await asyncio.to_thread(hub, "evidence", "verify", "--json", "--config", config)
        assert (ran.returncode, printed(ran)["cases"], printed(ran)["problems"]) == (0, 2, [])
        async with reading_store(settings, SystemClock()) as (reading, _):
            assert await reading.get("cases", "one") is not None
            with pytest.raises(StoreUnavailable):
                await reading.delete("history", {"id": {"$gt": ""}}, limit=10)
            with pytest.raises(StoreUnavailable):
                await reading.next_number("n")
        assert len(await cases.history("one")) == 3

    asyncio.run(in_store(settings, beside))
