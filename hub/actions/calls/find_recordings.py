"""Finds recordings of which neither the step that ended them nor their own callback ever came.

Some time after the end of a call that may lack one, the provider is asked what it has of it, a few times over
three days. What is found is noted as if its callback had come, under its own id: it is there once, whoever
tells of it later.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace

from channels.adapter import ListsRecordings
from channels.address import phone
from channels.contract import CallEvent, CallEventKind, ListedRecording
from channels.errors import SendError
from hub.actions.calls.note_recording import NoteRecording
from hub.model.call import Call
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.runtime.ids import derived_id
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Duplicate, Insert, Write
from ivr.evidence.recordings import ASK_SECONDS

log = logging.getLogger(__name__)

_BATCH = 20


class FindRecordings:
    """lists: by channel."""

    def __init__(
        self,
        documents: Documents,
        repositories: Repositories,
        lists: Mapping[str, ListsRecordings],
        note_recording: NoteRecording,
        clock: Clock,
    ) -> None:
        self._documents = documents
        self._repositories = repositories
        self._lists = lists
        self._note_recording = note_recording
        self._clock = clock

    async def step(self) -> bool:
        """One round over the calls that are due; whether there may be more."""
        due = await self._repositories.calls.to_ask(self._clock.now_ms(), limit=_BATCH)
        for found in due:
            await self._ask(found)
        return len(due) == _BATCH

    async def _ask(self, found: Versioned[Call]) -> None:
        call = found.value
        source, state = self._lists.get(call.channel), call.state
        listed: tuple[ListedRecording, ...] = ()
        again = source is not None and state is not None
        if source is not None and state is not None:
            try:
                listed = await source.recordings_of(state.call_id)
                again = not listed or not all(one.url for one in listed)
            except SendError as problem:
                log.warning("recordings.not_listed", extra={"call": call.id, "code": problem.code})
        writes: list[Write] = []
        for one in listed:
            if one.url and not await self._is_here(call, one):
                writes += await self._note_recording(call, self._event(call, one))
        after = replace(call, asks=call.asks + 1, ask_at=_next(call) if again else 0)
        try:
            await self._documents.commit([*writes, self._repositories.calls.update(after, found.version)])
        except (Conflict, Duplicate):
            return  # something was heard of it meanwhile: the next look decides anew
        for write in writes:
            if isinstance(write, Insert):
                log.warning("recording.found", extra={"recording": write.id, "call": call.id})

    async def _is_here(self, call: Call, listed: ListedRecording) -> bool:
        known = await self._repositories.recordings.get(derived_id("recording", call.channel, listed.id))
        return known is not None and known.value.is_sealed

    def _event(self, call: Call, listed: ListedRecording) -> CallEvent:
        return CallEvent(
            channel=call.channel,
            call_id=call.state.call_id if call.state else "",
            kind=CallEventKind.RECORDING_READY,
            event_id="",
            line=call.line,
            caller=phone(""),
            received_at=self._clock.now_ms(),
            recording_id=listed.id,
            recording_url=listed.url,
            recording_seconds=listed.seconds,
        )


def _next(call: Call) -> int:
    """When to ask again; 0 after the last time."""
    asked = call.asks + 1
    return call.updated_at + ASK_SECONDS[asked] * 1000 if asked < len(ASK_SECONDS) else 0
