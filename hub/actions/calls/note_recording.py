"""Upserts the row of a recording from what the provider says of it, late, twice or out of order.

The row is what the fetching job works from (`hub/actions/calls/keep_recording.py`): the first event that
names the recording is enough, so that one lost callback loses nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from channels.contract import CallEvent, CallEventKind
from hub.model.call import Call, Recording
from hub.repositories.repositories import Repositories
from hub.runtime.ids import derived_id
from hub.store.documents import Insert, Update
from ivr.evidence.recordings import NEWS_SECONDS, RecordingState
from ivr.node import Flow, RecordNode
from ivr.state import CallState

SUPPLEMENT = "supplement"
"""The slot of what a caller adds to a case that is registered already."""

_WAITING = (RecordingState.ANNOUNCED, RecordingState.TAKING)
_UNHAD = (*_WAITING, RecordingState.ABSENT, RecordingState.LOST)


class NoteRecording:
    """`flows`: every version of a flow a call may run, by sha."""

    def __init__(self, repositories: Repositories, flows: Mapping[str, Flow]) -> None:
        self._repositories = repositories
        self._flows = flows

    async def __call__(self, call: Call | None, event: CallEvent) -> tuple[Insert | Update, ...]:
        """What to write for an event that names a recording; nothing for any other.

        call: None when the call is not known: what was said is kept all the same, with no case.
        """
        if not event.recording_id:
            return ()
        recordings = self._repositories.recordings
        found = await recordings.get(derived_id("recording", event.channel, event.recording_id))
        call_id = call.id if call else self._repositories.calls.id_for(event.channel, event.call_id)
        if found is None and event.recording_url:  # its action may have named it by its address only
            of_call = await recordings.of_call(call_id)
            found = next((one for one in of_call if one.value.url == event.recording_url), None)
        known = found.value if found else await self._new(call, call_id, event)
        after = _with(known, event)
        if found is None:
            return (recordings.insert(after),)
        return (recordings.update(after, found.version),) if after != known else ()

    async def _new(self, call: Call | None, call_id: str, event: CallEvent) -> Recording:
        case_id, slot = await self._owner(call, event) if call else ("", "")
        return Recording(
            id=derived_id("recording", event.channel, event.recording_id),
            call_id=call_id,
            channel=event.channel,
            provider_id=event.recording_id,
            case_id=case_id,
            slot=slot,
            state=RecordingState.TAKING,
            taken_at=event.received_at,
            next_at=event.received_at + NEWS_SECONDS * 1000,
        )

    async def _owner(self, call: Call, event: CallEvent) -> tuple[str, str]:
        """The case a recording made at the event's node belongs to, and its slot."""
        state = call.state
        if state is None:
            return call.case_id, ""
        slot = self._slot(state, event, call)
        if slot == SUPPLEMENT and state.verified_reference:
            other = await self._repositories.cases.by_reference(state.verified_reference)
            if other is not None:
                return other.value.id, slot
        return call.case_id, slot

    def _slot(self, state: CallState, event: CallEvent, call: Call) -> str:
        flow = self._flows.get(state.flow_sha)
        if flow is None:  # a release ago: whoever proved a case and opened none was adding to it
            return "" if call.case_id else SUPPLEMENT
        node = flow.nodes.get(event.node or state.node)
        return node.slot if isinstance(node, RecordNode) else ""


def _with(known: Recording, event: CallEvent) -> Recording:
    after = replace(
        known,
        url=event.recording_url or known.url,
        claimed_seconds=event.recording_seconds or known.claimed_seconds,
    )
    pending = known.state is RecordingState.PENDING
    if event.kind is CallEventKind.RECORDING_ABSENT and (known.state in _WAITING or pending):
        return replace(after, state=RecordingState.ABSENT, reason=event.details.get("recording_status", ""))
    # Also of one that was given up, or said to be absent, it is known better now.
    if event.kind is CallEventKind.RECORDING_READY and (known.state in _UNHAD or pending):
        next_at = min(known.next_at, event.received_at) if pending else event.received_at
        return replace(after, state=RecordingState.PENDING, next_at=next_at)
    return after
