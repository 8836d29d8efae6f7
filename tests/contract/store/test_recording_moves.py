"""What moves recordings, and which calls lack one, is found on every engine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from hub.model.call import Call, Recording
from hub.model.cases.case import Case, Origin
from hub.model.cases.proceeding import Proceeding
from hub.model.cases.state import CaseState
from hub.model.track import Compartment, Track
from hub.repositories.calls import COLLECTIONS as CALLS
from hub.repositories.calls import CallRepository, RecordingRepository
from hub.repositories.cases import COLLECTIONS as CASES
from hub.repositories.cases import CaseRepository
from hub.repositories.evidence.recording_moves import COLLECTIONS as MOVES
from hub.repositories.evidence.recording_moves import MovingDocuments
from hub.runtime.clock import FakeClock
from hub.store.crypto import KeyRing, Vault
from hub.store.documents import Conflict, Documents
from hub.store.memory_documents import MemoryDocuments
from hub.store.mongo import open_mongo
from hub.store.sqlite import open_sqlite
from ivr.evidence.recordings import RecordingState
from tests.contract.store.conftest import ENGINES

VAULT = Vault(KeyRing.fresh())
ALL = (*CALLS, *CASES, *MOVES)


@pytest.fixture(params=ENGINES)
async def documents(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Documents]:
    made: Documents
    if request.param == "memory":
        made = MemoryDocuments(ALL, clock=FakeClock())
    elif request.param == "sqlite":
        made = await open_sqlite(tmp_path / "hub.db", ALL, clock=FakeClock())
    else:
        url = request.getfixturevalue("mongo_url")
        made = await open_mongo(url, f"t{uuid4().hex[:16]}", ALL, clock=FakeClock())
    yield MovingDocuments(made)
    await made.close()


async def test_a_case_with_a_recording_that_changes_sides_leaves_one_note(documents: Documents) -> None:
    cases, recordings = CaseRepository(documents, VAULT), RecordingRepository(documents, VAULT)
    for id in ("with", "without"):
        proceeding = Proceeding(Track.CONSULT, CaseState.REGISTERED)
        await documents.commit([cases.insert(Case(id, f"2026{id}", 1, 1, proceeding, Origin("v", "voice")))])
    row = Recording("r", "call", "v", "RE1", "with", "story", RecordingState.SEALED, 1, sha256="0" * 64)
    await documents.commit([recordings.insert(row)])
    for id in ("with", "without"):
        found = await cases.get(id)
        assert found
        moved = replace(found.value, compartment=Compartment.SCREENING)
        await documents.commit([cases.update(moved, found.version)])
        with pytest.raises(Conflict):  # a late repeat is refused with its note
            await documents.commit([cases.update(moved, found.version)])
        same = replace(moved, compartment=Compartment.REPORT)
        await documents.commit([cases.update(same, found.version + 1)])
    [note] = await recordings.moves.waiting(limit=9)
    assert note.case_id == "with"
    await documents.commit([recordings.moves.done(note)])
    assert await recordings.moves.waiting(limit=9) == []
    page, reached = await recordings.page("", limit=1)
    assert ([one.id for one in page], await recordings.page(reached, limit=1)) == (["r"], ([], ""))


async def test_calls_of_which_the_provider_is_asked_come_in_order(documents: Documents) -> None:
    calls = CallRepository(documents, VAULT)
    for id, ask_at in (("never", 0), ("late", 30), ("soon", 10), ("then", 20)):
        call = Call(id, "v", "12389", "", 1, 1, ended=True, ask_at=ask_at)
        await documents.commit([calls.insert(call)])
    assert [found.value.id for found in await calls.to_ask(20, limit=9)] == ["soon", "then"]
    assert [found.value.id for found in await calls.to_ask(99, limit=1)] == ["soon"]
