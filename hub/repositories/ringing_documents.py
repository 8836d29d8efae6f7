"""The store with a bell: what a commit touched is rung once it is durable.

The writes say themselves what they touch, so that no action has to know who waits for it, or can forget to
ring, and nothing is rung before everybody can read it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from channels.outbox.delivery import DeliveryState
from channels.outbox.ports import OUTBOX
from hub.model.cases.state import CaseState
from hub.model.letter import LetterState
from hub.repositories.queue.feed import QueueFeed, before_and_after
from hub.runtime.bell import (
    ALARMS,
    LETTERS,
    QUEUE,
    RECORDINGS,
    RIGHTS,
    SEALED_RECORDINGS,
    Bell,
    campaign_topic,
    case_topic,
    conversation_topic,
    delivery_topic,
    notification_topic,
)
from hub.store.around import DocumentsAround
from hub.store.documents import Body, Documents, Insert, Update, Write
from ivr.evidence.recordings import RecordingState

_READY = DeliveryState.READY.value


class RingingDocuments(DocumentsAround):
    """`Documents` that rings after `commit`; everything else is the engine's own."""

    def __init__(self, documents: Documents, bell: Bell, feed: QueueFeed | None = None) -> None:
        """feed: hears what became of cases."""
        super().__init__(documents)
        self._bell = bell
        self._feed = feed

    async def commit(self, writes: Sequence[Write]) -> None:
        """See the port."""
        changed = await before_and_after(self._documents, writes) if self._feed is not None else []
        await self._documents.commit(writes)
        if self._feed is not None:
            self._feed.publish(changed)
        self._bell.ring(*touched(writes))

    async def settle(self, collection: str, changes: Sequence[tuple[str, int, Body]]) -> list[str]:
        """See the port."""
        missed = await super().settle(collection, changes)
        if collection == "outbox":
            self._bell.ring(*(delivery_topic(id) for id, _, body in changes if "state" in body))
        return missed


def touched(writes: Iterable[Write]) -> frozenset[str]:
    """The topics of what was written."""
    topics: set[str] = set()
    for write in writes:
        if type(write) is Update and write.collection == "outbox":  # most of all writes, in a broadcast
            if (state := write.set.get("state")) is not None:
                topics.add(delivery_topic(write.id))
            if state == _READY:
                topics.add(OUTBOX)
            continue
        match write:
            case Insert(collection, id, body) | Update(collection, id, body, _):
                topics.add(_topic(collection, id, body))
                if collection == "cases":
                    topics.add(_case_topic(id, body))
    return frozenset(topics - {""})


def _case_topic(id: str, body: Body) -> str:
    return "" if body.get("state") == CaseState.DRAFT else case_topic(id)


def _topic(collection: str, id: str, body: Body) -> str:
    state = body.get("state")
    match collection:
        case "cases" if state != CaseState.DRAFT:  # a draft is in no queue
            return QUEUE
        case "agents" | "divisions":
            return RIGHTS
        case "conversations":
            return conversation_topic(id)
        case "outbox" if state == _READY:
            return OUTBOX
        case "recordings" if state == RecordingState.PENDING:
            return RECORDINGS
        case "recordings" if state == RecordingState.SEALED:
            return SEALED_RECORDINGS
        case "letters" if state == LetterState.WAITING:
            return LETTERS
        case "alarms" | "duty_watches":
            return ALARMS
        case "notifications":
            return notification_topic(body.get("agent_id", ""))
        case "campaigns":
            return campaign_topic(id)
        case "broadcasts":
            return campaign_topic(body.get("campaign_id", ""))
        case _:
            return ""
