"""Recognises what was said in sealed recordings: an index to the audio, never the evidence.

A step of its own: recordings are fetched and sealed whatever becomes of this. Only audio that cannot be
recognised ends without words; a recogniser that is missing, dies or hangs is a reason to try again later.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import replace

from hub.actions.dialogue.understand import Understand
from hub.model.call import Recording
from hub.model.cases.alarm import flagged, is_alarm
from hub.repositories.evidence.recording_files import RecordingFiles
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Write
from hub.store.unreadable import Unreadable
from ivr.evidence.recordings import RecordingState, retry_after_seconds
from ivr.speech.engine import EngineBusy, EngineDown, EngineLost, SpeechEngine, TranscribeFailed
from knowledge_base.meaning.safety import Level

log = logging.getLogger(__name__)

_BATCH = 10
_MEANING_SECONDS = 10.0
_TO_HEAR = (RecordingState.SEALED, RecordingState.TRANSCRIPT_FAILED)
_AGAIN_SECONDS = 30 * 24 * 3600
"""Audio that could not be recognised is tried once a month: the office may have a better model by then."""
_FAILED_BEFORE = 200
"""So many that failed are tried once more when the hub starts, or a model that was broken loads again."""


class TranscribeRecording:
    """Works through the recordings that have no words yet."""

    def __init__(
        self,
        documents: Documents,
        repositories: Repositories,
        files: RecordingFiles,
        clock: Clock,
        engine: SpeechEngine,
        understand: Understand,
    ) -> None:
        self._documents = documents
        self._repositories = repositories
        self._files = files
        self._clock = clock
        self._engine = engine
        self._understand = understand
        self._down = False
        self._anew = True

    async def work(self) -> int:
        """One round; how many recordings moved on. While there is no recogniser, none does."""
        try:
            await self._engine.ready()
            self._down = False
            now = self._clock.now_ms()
            due = await self._repositories.recordings.due(_TO_HEAR, now, limit=_BATCH)
            if self._anew:
                self._anew = False
                due += await self._repositories.recordings.put_off(_TO_HEAR, now, limit=_FAILED_BEFORE)
            return sum([await self._hear(found) for found in due])
        except EngineDown:
            self._anew = True
            if not self._down:
                log.error("speech.down")
            self._down = True
            return 0

    async def _hear(self, found: Versioned[Recording]) -> int:
        recording, now = found.value, self._clock.now_ms()
        try:
            wav = await asyncio.to_thread(self._files.content, recording)
            heard = await self._engine.transcribe(wav)
        except EngineBusy:
            return 0
        except (TranscribeFailed, Unreadable):
            after = _failed(recording, now)
        except EngineLost:
            tries = recording.tries + 1
            wait = retry_after_seconds(tries, (now - recording.taken_at) / 1000)
            log.warning("recording.not_heard", extra={"recording": recording.id, "tries": tries})
            after = (
                _failed(recording, now)
                if wait is None
                else replace(recording, tries=tries, next_at=now + wait * 1000)
            )
        else:
            after = replace(
                recording,
                state=RecordingState.TRANSCRIBED,
                transcript=heard.text,
                words=heard.words,
                engine=f"{heard.engine} {heard.model}",
            )
        try:
            flags = await self._flags(after)
            await self._documents.commit([self._repositories.recordings.update(after, found.version), *flags])
        except Conflict:
            return 0
        return 1

    async def _flags(self, recording: Recording) -> list[Write]:
        """What was said may tell of danger: a flag on its case, never a call of ours."""
        if recording.state is not RecordingState.TRANSCRIBED or not recording.case_id:
            return []
        judged = (await self._understand(recording.transcript, seconds=_MEANING_SECONDS)).judgement
        with suppress(Unreadable):
            case = await self._repositories.cases.get(recording.case_id)
            if case is not None and judged.danger is not Level.NONE and not is_alarm(case.value):
                after, entry = flagged(case.value, at=self._clock.now_ms())
                cases = self._repositories.cases
                return [cases.update(after, case.version), cases.insert_entry(entry)]
        return []


def _failed(recording: Recording, now: int) -> Recording:
    again = now + _AGAIN_SECONDS * 1000
    return replace(recording, state=RecordingState.TRANSCRIPT_FAILED, tries=0, next_at=again)
