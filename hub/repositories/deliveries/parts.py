"""The parts of messages whose receipts come without our id, and the receipts that found no part.

One document for each part, whichever is heard of first: the provider's answer to the send, which says whose
part it is, or its receipt, which may overtake that answer and then waits here (it is parked). The id is made
of channel, provider id, destination and day, because providers use their ids again. The destination stands in
it as its blind index; of a parked receipt the masked number is kept, sealed, for whoever looks into it.

Rule protected: two receipts of one message never decide beside each other. Every change of a part also names
the version of the message's first part, so that one of the two is refused and reads again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from channels.address import masked
from channels.contract import Receipt, ReceiptState
from channels.outbox.delivery import Delivery
from channels.outbox.overdue import NO_WORD_SECONDS
from channels.outbox.part_words import PartWord
from hub.model.personal import personal
from hub.runtime.clock import day_of
from hub.runtime.ids import derived_id
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Collection, Delete, Documents, Insert, Update, Write

COLLECTIONS = (
    Collection(
        "delivery_parts",
        fields={
            **dict.fromkeys(("channel", "provider_id", "delivery_id"), str),
            **dict.fromkeys(("parked_at", "joined_at", "keep_until"), int),
        },
        indexes=(("channel", "provider_id"), ("delivery_id", "parked_at"), ("joined_at",), ("keep_until",)),
    ),
)

PARKED_MS = NO_WORD_SECONDS * 1000
"""How long a receipt waits for its message."""
_KEPT_MS = 7 * 24 * 3600 * 1000
"""How long a part is kept to be found: longer than any provider goes on reporting."""
_EARLY_MS = 60_000
"""The provider's clock may be ahead of ours by so much."""
_MOST_ALIKE = 50


@dataclass(frozen=True, slots=True)
class DeliveryPart:
    """One part of one message. Times are ms UTC, 0 = never.

    day: on which the provider took it, local (ISO). delivery_id, attempt: "" and 0 while only its receipt is
    known, which came at `parked_at` then. number: its place in the message, from 0. total: how many parts
    the message has. taken_at: when the provider took it, as far as known. state, code, heard_at: the last
    word.
    joined_at: set when a receipt had come first and the message belongs to a case, until whoever has to know
    of its arrival was told.
    """

    id: str
    channel: str
    provider_id: str
    recipient_key: str
    day: str
    taken_at: int
    keep_until: int
    parked_at: int = 0
    delivery_id: str = ""
    attempt: int = 0
    number: int = 0
    total: int = 1
    state: str = ""
    code: str = ""
    heard_at: int = 0
    joined_at: int = 0
    masked: str = personal()

    @property
    def word(self) -> PartWord | None:
        """What was last heard of it."""
        return PartWord(ReceiptState(self.state), self.code, self.heard_at) if self.state else None

    def told(self, word: PartWord) -> DeliveryPart:
        """The part after `word`."""
        return replace(self, state=word.state, code=word.code, heard_at=word.at)


@dataclass(frozen=True, slots=True)
class PartPage:
    """One page of parked receipts; `next` continues it, None at the end."""

    parts: tuple[DeliveryPart, ...]
    next: str | None


class DeliveryParts:
    """Reads parts; gives the writes that store them."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._vault = vault
        self._shape = Shape(DeliveryPart, "delivery_parts", vault)

    # -- of a message that was sent ----------------------------------------------------------

    def of_message(self, row: Delivery) -> list[DeliveryPart]:
        """The parts of a message that was just tried, as far as the provider's ids are known."""
        at = row.receipt_at
        day = day_of(at).isoformat()
        return [
            DeliveryPart(
                id=_id(row.sender, provider_id, row.recipient_key, day),
                channel=row.sender,
                provider_id=provider_id,
                recipient_key=row.recipient_key,
                day=day,
                taken_at=at,
                keep_until=at + _KEPT_MS,
                delivery_id=row.id,
                attempt=row.attempt,
                number=number,
                total=len(row.part_ids),
            )
            for number, provider_id in enumerate(row.part_ids)
            if provider_id
        ]

    async def present(self, parts: Iterable[DeliveryPart]) -> dict[str, Versioned[DeliveryPart]]:
        """Those of `parts` something is known of already, by id."""
        found = await self._documents.get_many("delivery_parts", [part.id for part in parts])
        return {id: self._shape.versioned(stored) for id, stored in found.items()}

    def put(self, part: DeliveryPart, known: Versioned[DeliveryPart] | None) -> Write:
        """The write of a part, new or instead of what was known of it."""
        return self._shape.insert(part) if known is None else self._shape.update(part, known.version)

    async def of_attempt(self, part: DeliveryPart) -> list[Versioned[DeliveryPart]]:
        """The parts of the same try of the same message, in their order."""
        found = await self._documents.find("delivery_parts", {"delivery_id": part.delivery_id}, limit=500)
        alike = [one for one in self._shape.listed_versioned(found) if one.value.attempt == part.attempt]
        return sorted(alike, key=lambda one: one.value.number)

    def told(
        self,
        part: Versioned[DeliveryPart],
        word: PartWord,
        siblings: Sequence[Versioned[DeliveryPart]],
    ) -> list[Write]:
        """The writes of a part that was heard of; see the rule above."""
        writes: list[Write] = [self._shape.update(part.value.told(word), part.version)]
        first = siblings[0]
        if first.value.id != part.value.id:
            kept = {"keep_until": first.value.keep_until}
            writes.append(Update("delivery_parts", first.value.id, kept, first.version))
        return writes

    # -- of a receipt ------------------------------------------------------------------------

    def parked(self, receipt: Receipt) -> DeliveryPart:
        """What is kept of a receipt whose message is not known."""
        to = receipt.destination
        taken_at = receipt.sent_at or receipt.received_at
        key = self._vault.blind(to.key) if to and to.value else ""
        day = day_of(taken_at).isoformat()
        return DeliveryPart(
            id=_id(receipt.channel, receipt.provider_id, key, day),
            channel=receipt.channel,
            provider_id=receipt.provider_id,
            recipient_key=key,
            day=day,
            taken_at=receipt.sent_at,
            keep_until=receipt.received_at + PARKED_MS,
            parked_at=receipt.received_at,
            state=receipt.state,
            code=receipt.code,
            heard_at=receipt.received_at,
            masked=masked(to) if to and to.value else "",
        )

    async def meant_by(self, receipt: DeliveryPart) -> Versioned[DeliveryPart] | None:
        """The part a receipt (as `parked` gives it) is about, or the earlier receipt about the same part.

        Without its destination or day the nearest one is taken, and none where two messages could be meant.
        """
        where = {"channel": receipt.channel, "provider_id": receipt.provider_id}
        found = self._shape.listed_versioned(
            await self._documents.find("delivery_parts", where, limit=_MOST_ALIKE)
        )
        parts = [one for one in found if one.value.delivery_id and _may_be(one.value, receipt)]
        if parts:
            apart = {one.value.id: _days_apart(one.value, receipt) for one in parts}
            nearest = [one for one in parts if apart[one.value.id] == min(apart.values())]
            return nearest[0] if len(nearest) == 1 else None
        return next((one for one in found if one.value.id == receipt.id), None)

    def forget(self, part: Versioned[DeliveryPart]) -> Delete:
        """The write that takes a parked receipt away: it was applied elsewhere."""
        return Delete("delivery_parts", part.value.id, part.version)

    # -- parked ones -------------------------------------------------------------------------

    async def unmatched(
        self, *, before: int, since: int = 0, limit: int = 50, after: str | None = None
    ) -> PartPage:
        """Receipts that came from one instant to another (ms UTC) and found no message, the oldest first."""
        where = {"delivery_id": "", "parked_at": {"$gte": since, "$lt": before}}
        sort = (("parked_at", 1),)
        found = await self._documents.find("delivery_parts", where, sort=sort, limit=limit, after=after)
        more = self._documents.cursor(found[-1], sort) if len(found) == limit else None
        return PartPage(tuple(self._shape.listed(found)), more)

    async def joined(self, *, limit: int) -> list[Versioned[DeliveryPart]]:
        """Parts whose receipt came first and of whose arrival a case may have to know."""
        found = await self._documents.find("delivery_parts", {"joined_at": {"$gt": 0}}, limit=limit)
        return self._shape.listed_versioned(found)

    def known_of(self, part: Versioned[DeliveryPart]) -> Update:
        """The write that takes it off that list."""
        return Update("delivery_parts", part.value.id, {"joined_at": 0}, part.version)

    async def how_many_unmatched(self, *, before: int) -> int:
        """How many there are."""
        where = {"delivery_id": "", "parked_at": {"$lt": before}}
        return (await self._documents.count("delivery_parts", where)).get("", 0)

    def insert(self, part: DeliveryPart) -> Insert:
        """The write of a parked receipt; a part that is there already is a Duplicate."""
        return self._shape.insert(part)


def _id(channel: str, provider_id: str, recipient_key: str, day: str) -> str:
    return derived_id("part", channel, provider_id, recipient_key, day)


def _may_be(part: DeliveryPart, receipt: DeliveryPart) -> bool:
    if receipt.recipient_key and receipt.recipient_key != part.recipient_key:
        return False
    if receipt.taken_at:  # midnight may lie between two clocks
        return _days_apart(part, receipt) <= 1
    return part.taken_at - _EARLY_MS <= receipt.heard_at <= part.keep_until


def _days_apart(part: DeliveryPart, receipt: DeliveryPart) -> int:
    return abs((date.fromisoformat(part.day) - date.fromisoformat(receipt.day)).days)
