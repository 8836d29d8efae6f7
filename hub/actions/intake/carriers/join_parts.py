"""Puts long texts together from their parts.

Rule protected: a part that was answered is on disk, and its words reach people: in their text when it is
whole, or without the parts that are missing when its time is over. A part that comes again changes nothing;
one that fits nowhere is a message of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from channels.carrier.alphabet import decode
from channels.contract import ChannelKind, InboundMessage, TextPart
from hub.actions.intake.accept_event import AcceptEvent
from hub.model.conversations.long_text import LongText, told_missing
from hub.repositories.inbound.long_texts import LongTextRepository
from hub.store.codec import Versioned
from hub.store.documents import Documents, Write
from hub.store.until_committed import until_committed

_TRIES = 12
_WAIT_MS = 60_000
"""Parts follow each other within seconds, and whoever is in danger must not wait for one that is lost."""
_KEPT_MS = 24 * 3600 * 1000


class JoinParts:
    """Keeps parts, and hands on what they make."""

    def __init__(self, documents: Documents, texts: LongTextRepository, accept_event: AcceptEvent) -> None:
        self._documents = documents
        self._texts = texts
        self._accept_event = accept_event

    async def __call__(self, part: TextPart) -> None:
        """Durable when it returns. Raises `Conflict`, `Duplicate` or `Busy`: it has to come again."""
        id = self._texts.id_for(part)
        now = await self._documents.now_ms()

        async def decide() -> tuple[Sequence[Write], bool]:
            found = await self._texts.get(id)
            before = found.value if found else None
            if before is not None and before.knows(part):
                return (), True
            if before is not None and before.takes(part):
                text = before.with_part(part)
            elif before is None or before.is_handed_on:
                text = LongText.begun(id, part, due_at=now + _WAIT_MS, keep_until=now + _KEPT_MS)
            else:
                return (), False
            return (self._texts.put(text, found),), True

        if not await until_committed(self._documents, decide, tries=_TRIES):
            await self._accept_event(_alone(part))
            return
        found = await self._texts.get(id)
        if found is not None and found.value.is_whole:
            await self._hand_on(found)

    async def hand_on_due(self) -> None:
        """Texts whose time is over, and those that were whole when a crash came between."""
        for found in await self._texts.due(await self._documents.now_ms()):
            await self._hand_on(found)

    async def _hand_on(self, found: Versioned[LongText]) -> None:
        if found.value.is_handed_on:
            return
        settled = self._texts.put(found.value.handed_on(), found)
        outcome = await self._accept_event(found.value.message(), also=(settled,))
        if outcome.seen:
            await self._documents.commit([settled])


def _alone(part: TextPart) -> InboundMessage:
    """A part whose place is taken by other words."""
    missing = [number for number in range(1, part.total + 1) if number != part.number]
    return InboundMessage(
        channel=part.channel,
        kind=ChannelKind.SMS,
        provider_id=part.provider_id,
        sender=part.sender,
        recipient=part.recipient,
        text=decode(part.content, part.encoding) + told_missing(missing, part.total),
        received_at=part.received_at,
    )
