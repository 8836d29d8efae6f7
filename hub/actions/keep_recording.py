"""Brings a recording home: fetch, check, hash, seal, chain, and only then tell the case.

Each recording goes its own way (`ivr/recordings.py`): a provider that is down, a file that is not
there yet or bytes that are not the announced audio only mean another try later, for 40 days.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from channels.adapter import FetchesRecordings
from channels.errors import Permanent, SendError
from hub.actions.note_recording import SUPPLEMENT
from hub.clock import Clock
from hub.model.call import Recording
from hub.model.case import Case, HistoryKind, queue_rank, recorded
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Duplicate, Write
from hub.store.repositories import Repositories
from ivr.chain import link
from ivr.recordings import BadRecording, RecordingState, Sealed, retry_after_seconds, seal
from ivr.speech.engine import EngineBusy, SpeechEngine, TranscribeFailed

log = logging.getLogger(__name__)

_TRIES = 5
_BATCH = 10
_GONE = "404"


class KeepRecording:
    """Works through the recordings that are due."""

    def __init__(
        self,
        documents: Documents,
        repositories: Repositories,
        sources: Mapping[str, FetchesRecordings],
        directory: Path,
        clock: Clock,
        engine: SpeechEngine | None,
    ) -> None:
        self._documents = documents
        self._repositories = repositories
        self._sources = sources
        self._directory = directory
        self._clock = clock
        self._engine = engine

    async def work(self) -> int:
        """One round; how many recordings moved on."""
        now = self._clock.now_ms()
        due = await self._repositories.recordings.due(RecordingState.PENDING, now, limit=_BATCH)
        for found in due:
            await self._fetch(found)
        heard = 0
        if self._engine is not None:
            for found in await self._repositories.recordings.due(RecordingState.SEALED, now, limit=_BATCH):
                heard += await self._transcribe(found, self._engine)
        return len(due) + heard

    async def _fetch(self, found: Versioned[Recording]) -> None:
        recording = found.value
        source = self._sources.get(recording.channel)
        if source is None:
            await self._later(found, "channel is not configured")
            return
        try:
            content = await source.fetch(recording.url)
            sealed = await asyncio.to_thread(seal, self._directory, content, recording.claimed_seconds)
        except Permanent as problem:
            # A file that is not there yet looks like one that never will be: keep trying.
            await self._later(found, problem.code if problem.code == _GONE else problem.reason)
        except SendError as problem:
            await self._later(found, problem.code)
        except (BadRecording, OSError) as problem:
            await self._later(found, type(problem).__name__)
        else:
            await self._sealed(found, sealed)

    async def _later(self, found: Versioned[Recording], reason: str) -> None:
        recording = found.value
        now = self._clock.now_ms()
        tries = recording.tries + 1
        wait = retry_after_seconds(tries, (now - recording.taken_at) / 1000)
        after = (
            replace(recording, state=RecordingState.LOST, tries=tries, reason=reason)
            if wait is None
            else replace(recording, tries=tries, next_at=now + wait * 1000, reason=reason)
        )
        log.warning("recording.later", extra={"recording": recording.id, "tries": tries, "reason": reason})
        try:
            await self._documents.commit([self._repositories.recordings.update(after, found.version)])
        except Conflict:
            return  # an event about it came meanwhile: the next round reads it

    async def _sealed(self, found: Versioned[Recording], sealed: Sealed) -> None:
        recording = found.value
        repositories = self._repositories
        for _ in range(_TRIES):
            now = self._clock.now_ms()
            head = await repositories.recordings.head()
            after = replace(
                recording,
                state=RecordingState.SEALED,
                sha256=sealed.sha256,
                size_bytes=sealed.size_bytes,
                duration_ms=round(sealed.duration_seconds * 1000),
                path=sealed.path_relative,
                next_at=now,
                reason="",
            )
            writes: list[Write] = [
                repositories.recordings.update(after, found.version),
                repositories.recordings.insert_link(
                    link(
                        head,
                        sealed,
                        call_id=recording.call_id,
                        recording_id=recording.provider_id,
                        source_url=recording.url,
                        downloaded_at=now,
                        case_id=recording.case_id,
                    )
                ),
            ]
            case = await repositories.cases.get(recording.case_id) if recording.case_id else None
            if case is not None:
                changed, entry = recorded(
                    _spoken_again(case.value) if recording.slot == SUPPLEMENT else case.value,
                    at=now,
                    actor="system",
                    kind=HistoryKind.RECORDING,
                    facts={
                        "recording": recording.id,
                        "sha256": sealed.sha256,
                        "seconds": f"{sealed.duration_seconds:.0f}",
                    },
                )
                writes += [
                    repositories.cases.update(changed, case.version),
                    repositories.cases.insert_entry(entry),
                ]
            try:
                await self._documents.commit(writes)
            except Duplicate:
                continue  # another worker took this place in the chain
            except Conflict as lost:
                if lost.write.collection == "recordings":
                    return
                continue
            log.info("recording.sealed", extra={"recording": recording.id, "bytes": sealed.size_bytes})
            return

    async def _transcribe(self, found: Versioned[Recording], engine: SpeechEngine) -> int:
        try:
            transcript = await engine.transcribe(self._directory / found.value.path)
        except EngineBusy:
            return 0
        except TranscribeFailed:
            after = replace(found.value, state=RecordingState.TRANSCRIPT_FAILED)
        else:
            after = replace(
                found.value,
                state=RecordingState.TRANSCRIBED,
                transcript=transcript.text,
                engine=transcript.engine,
            )
        try:
            await self._documents.commit([self._repositories.recordings.update(after, found.version)])
        except Conflict:
            return 0
        return 1


def _spoken_again(case: Case) -> Case:
    """A caller added to a case: the queue shows that the citizen waits."""
    rank = queue_rank(track=case.track, urgent=case.urgent, waiting=True, received_at=case.received_at)
    return replace(case, waiting=True, rank=rank)
