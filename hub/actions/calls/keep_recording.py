"""Brings a recording home: fetch, store, hash, chain, and only then tell the case.

Each recording goes its own way (`ivr/evidence/recordings.py`): a provider that is down, a file that is not
there yet or an answer that is no audio only mean another try later, for 40 days. Of one that keeps breaking
off, the longest part that came is kept from the first try on, and is taken for all there is after some more.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace

from channels.adapter import FetchesRecordings
from channels.errors import Permanent, SendError
from hub.actions.calls.note_recording import SUPPLEMENT
from hub.actions.calls.recording_side import case_of, is_behind
from hub.model.call import Recording
from hub.model.cases.case import Case
from hub.model.cases.history import HistoryKind, recorded
from hub.repositories.evidence.recording_files import RecordingFiles
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.store.codec import Versioned
from hub.store.crypto import KeyProblem
from hub.store.documents import Conflict, Documents, Duplicate, Write
from ivr.evidence.chain import link
from ivr.evidence.recordings import (
    PARTIAL_TRIES,
    TO_FETCH,
    BadRecording,
    Doubt,
    RecordingState,
    Sealed,
    examined,
    retry_after_seconds,
)

log = logging.getLogger(__name__)

_TRIES = 5
_BATCH = 500
_GONE = "404"
_LONGEST_SECONDS = 300.0
"""For one download, whatever limits its adapter has."""


class KeepRecording:
    """Fetches what callers said."""

    def __init__(
        self,
        documents: Documents,
        repositories: Repositories,
        sources: Mapping[str, FetchesRecordings],
        files: RecordingFiles,
        clock: Clock,
    ) -> None:
        self._documents = documents
        self._repositories = repositories
        self._sources = sources
        self._files = files
        self._clock = clock

    async def due(self) -> list[Versioned[Recording]]:
        """Those to be fetched now, the ones never tried first: what failed before may fail for long again."""
        found = await self._repositories.recordings.due(TO_FETCH, self._clock.now_ms(), limit=_BATCH)
        return sorted(found, key=lambda one: one.value.tries > 0)

    async def __call__(self, found: Versioned[Recording]) -> None:
        """One try. Whatever goes wrong with it is noted on the row and concerns no other recording."""
        recording = found.value
        source = self._sources.get(recording.channel)
        if source is None:
            await self._failed(found, "channel is not configured")
            return
        try:
            async with asyncio.timeout(_LONGEST_SECONDS):
                audio = await source.fetch(recording.url)
            claimed, whole = recording.claimed_seconds, audio.whole
            sealed = await asyncio.to_thread(examined, audio.content, claimed, whole=whole)
            behind = is_behind(await case_of(self._repositories.cases, recording))
            await asyncio.to_thread(self._files.keep, audio.content, sealed.sha256, behind=behind)
        except Permanent as problem:
            # A file that is not there yet looks like one that never will be: keep trying.
            await self._failed(found, problem.code if problem.code == _GONE else problem.reason)
        except SendError as problem:
            await self._failed(found, problem.code)
        except (BadRecording, OSError) as problem:
            await self._failed(found, type(problem).__name__)
        except Exception as problem:
            log.exception("recording.failed", extra={"recording": recording.id})
            await self._failed(found, type(problem).__name__)
        else:
            await self._arrived(found, sealed)

    async def _arrived(self, found: Versioned[Recording], sealed: Sealed) -> None:
        if sealed.doubt is not Doubt.CUT_OFF:
            await self._sealed(found, sealed)
        elif sealed.size_bytes > found.value.size_bytes:
            await self._failed(Versioned(_with_file(found.value, sealed), found.version), sealed.doubt)
        else:
            await self._failed(found, sealed.doubt)

    async def _failed(self, found: Versioned[Recording], reason: str) -> None:
        """Later again, or with what there is of it; or, after 40 days without any of it, never."""
        recording, tries = found.value, found.value.tries + 1
        if recording.path and tries >= PARTIAL_TRIES:
            await self._sealed(found, _part(recording))
        else:
            await self._later(found, reason)

    async def _later(self, found: Versioned[Recording], reason: str) -> None:
        recording, now, tries = found.value, self._clock.now_ms(), found.value.tries + 1
        wait = retry_after_seconds(tries, (now - recording.taken_at) / 1000)
        after = (
            replace(recording, state=RecordingState.LOST, tries=tries, reason=reason)
            if wait is None
            else replace(
                recording,
                state=RecordingState.PENDING,
                tries=tries,
                next_at=now + wait * 1000,
                reason=reason,
            )
        )
        event = "recording.lost" if wait is None else "recording.later"
        log.warning(event, extra={"recording": recording.id, "tries": tries, "reason": reason})
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
                _with_file(recording, sealed),
                state=RecordingState.SEALED,
                tries=0,
                next_at=now,
                reason=sealed.doubt,
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
            case = await case_of(self._repositories.cases, recording)
            try:  # the case may have gone behind the compartment, or out of it, since the file was kept
                await asyncio.to_thread(self._files.reseal, sealed.sha256, behind=is_behind(case))
            except (KeyProblem, OSError) as problem:
                await self._later(found, type(problem).__name__)
                return
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
                        **({"doubt": str(sealed.doubt)} if sealed.doubt else {}),
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


def _with_file(recording: Recording, sealed: Sealed) -> Recording:
    return replace(
        recording,
        sha256=sealed.sha256,
        size_bytes=sealed.size_bytes,
        duration_ms=round(sealed.duration_seconds * 1000),
        path=sealed.path_relative,
    )


def _part(recording: Recording) -> Sealed:
    """The longest part of it that came."""
    return Sealed(
        recording.sha256,
        recording.size_bytes,
        recording.duration_ms / 1000,
        recording.path,
        Doubt.CUT_OFF,
    )


def _spoken_again(case: Case) -> Case:
    """A caller added to a case: the queue shows that the citizen waits."""
    return replace(case, waiting=True, snooze=case.snooze.over())
