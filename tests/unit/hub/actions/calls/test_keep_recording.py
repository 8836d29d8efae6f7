"""Recordings come home whatever became of the row of their case."""

from __future__ import annotations

import io
import wave
from pathlib import Path

from channels.contract import RecordedAudio
from hub.actions.calls.keep_recording import KeepRecording
from hub.model.call import Recording
from hub.model.cases.case import Case, Origin
from hub.model.cases.proceeding import Proceeding
from hub.model.cases.state import CaseState
from hub.model.track import Track
from hub.repositories.evidence.recording_files import RecordingFiles
from hub.repositories.repositories import COLLECTIONS, repositories
from hub.runtime.clock import FakeClock
from hub.store.crypto import KeyRing, Vault
from hub.store.documents import Update
from hub.store.sqlite import open_sqlite
from ivr.evidence.recordings import RecordingState

NOW = 1_790_049_600_000


class Provider:
    """Has one recording, two seconds long."""

    async def fetch(self, url: str) -> RecordedAudio:
        told = io.BytesIO()
        with wave.open(told, "wb") as audio:
            audio.setnchannels(1)
            audio.setsampwidth(2)
            audio.setframerate(8000)
            audio.writeframes(b"\x10\x20" * 16_000)
        return RecordedAudio(told.getvalue())


async def test_a_damaged_case_keeps_no_recording_from_being_sealed(tmp_path: Path) -> None:
    clock = FakeClock(NOW)
    documents = await open_sqlite(tmp_path / "hub.db", COLLECTIONS, clock=clock)
    try:
        vault, reports = Vault(KeyRing.fresh()), Vault(KeyRing.fresh())
        stores = repositories(documents, vault, cities={})
        voice = Origin("voice", "voice")
        for id in ("torn", "sound"):
            case = Case(id, f"2026{id}", NOW, NOW, Proceeding(Track.CONSULT, CaseState.REGISTERED), voice)
            recording = Recording(
                id, "call", "voice", f"RE{id}", id, "story", RecordingState.PENDING, NOW, claimed_seconds=2.0
            )
            await documents.commit([stores.cases.insert(case), stores.recordings.insert(recording)])
        await documents.commit([Update("cases", "torn", {"state": "NO_SUCH_STATE"}, 1)])
        keep = KeepRecording(
            documents, stores, {"voice": Provider()}, RecordingFiles(tmp_path, vault, reports), clock
        )
        for found in await keep.due():
            await keep(found)
        assert await keep.due() == []
        for id in ("torn", "sound"):
            kept = await stores.recordings.get(id)
            assert kept
            assert kept.value.state is RecordingState.SEALED
        assert len(await stores.recordings.links()) == 2
        assert [entry.facts["recording"] for entry in await stores.cases.history("sound")] == ["sound"]
    finally:
        await documents.close()
