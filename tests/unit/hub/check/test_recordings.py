"""Recordings that stand still are told of, each kind by its own finding."""

from __future__ import annotations

import pytest

from hub.check.recordings import check_recordings
from hub.model.call import Recording
from hub.repositories.repositories import COLLECTIONS, repositories
from hub.runtime.clock import FakeClock
from hub.runtime.finding import Level
from hub.store.crypto import KeyRing, Vault
from hub.store.memory_documents import MemoryDocuments
from ivr.evidence.recordings import LATE_SECONDS, RecordingState

OLD = LATE_SECONDS * 1000 + 1


@pytest.mark.parametrize(
    ("state", "age_ms", "case_id", "hears", "said"),
    [
        (RecordingState.TAKING, OLD, "case", True, "could not be fetched"),
        (RecordingState.PENDING, OLD, "case", True, "could not be fetched"),
        (RecordingState.PENDING, OLD - 2, "case", True, "none stands still"),
        (RecordingState.LOST, OLD, "case", True, "given up"),
        (RecordingState.SEALED, OLD, "case", True, "wait to be transcribed"),
        (RecordingState.SEALED, OLD, "case", False, "none stands still"),
        (RecordingState.SEALED, 0, "case", True, "none stands still"),
        (RecordingState.TRANSCRIPT_FAILED, 0, "case", True, "could not be transcribed"),
        (RecordingState.TRANSCRIBED, OLD, "", True, "belong to no case"),
    ],
)
async def test_what_stands_still_is_told(
    state: RecordingState, age_ms: int, case_id: str, hears: bool, said: str
) -> None:
    clock = FakeClock()
    documents = MemoryDocuments(COLLECTIONS, clock=clock)
    stores = repositories(documents, Vault(KeyRing.fresh()), cities={})
    taken = clock.now_ms() - age_ms
    row = Recording("r", "call", "voice", "RE1", case_id, "story", state, taken, next_at=taken)
    await documents.commit([stores.recordings.insert(row)])
    [finding] = [one async for one in check_recordings(documents, clock, hears=hears)]
    assert said in finding.detail
    assert finding.level is (Level.OK if "none" in said else Level.WARN)
