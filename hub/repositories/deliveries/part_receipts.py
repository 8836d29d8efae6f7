"""Receipts without our id: found by the provider's, and told to the delivery they are about.

Rule protected: whether the provider's answer or its receipts come first, the row ends in the same state. An
answer is settled in one unit of work with its parts and with every receipt that waited for them; a receipt is
stored in one unit of work with what it means for the row. A crash between two of them loses nothing: what was
not answered is sent again by the provider, and what is parked is matched when the answer is settled, or by
`match`, which looks again for what differs by a midnight.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

from channels.clock import Random
from channels.contract import Receipt
from channels.outbox.delivery import Delivery
from channels.outbox.part_words import PartWord, says_more, together
from channels.outbox.ports import Change, Leased
from channels.outbox.receipts import NO_RULE, HandsetRule, apply_receipt
from hub.repositories.deliveries.parts import DeliveryPart, DeliveryParts
from hub.repositories.outbox_rows import OutboxRows
from hub.store.codec import Versioned
from hub.store.documents import Documents, Write
from hub.store.until_committed import until_committed

log = logging.getLogger(__name__)

_TRIES = 8

Ends = Callable[[Change], Awaitable[list[Write]]]
"""The writes of one change of a row, with everything that has to know of it."""


def has_new_parts(change: Change) -> bool:
    """Whether a try ended with ids by which receipts will come; a look at a field for everything else."""
    ids = change.after.part_ids
    return bool(ids) and ids is not change.before.delivery.part_ids


class PartReceipts:
    """Works on rows and parts together. handset: see `HandsetRule`, by channel."""

    def __init__(
        self,
        documents: Documents,
        parts: DeliveryParts,
        rows: OutboxRows,
        ends: Ends,
        handset: Mapping[str, HandsetRule],
        random: Random,
    ) -> None:
        self._documents = documents
        self._parts = parts
        self._rows = rows
        self._ends = ends
        self._handset = handset
        self._random = random

    async def apply(self, receipt: Receipt) -> str:
        """Stores one receipt without our id; the delivery it is about, "" while that is not known.

        Raises `Conflict` or `Duplicate` when others write the same again and again: it has to come again.
        """
        heard = self._parts.parked(receipt)

        async def decide() -> tuple[list[Write], str]:
            part = await self._parts.meant_by(heard)
            if part is None:
                return [self._parts.insert(heard)], ""
            return await self._heard(part, _word(heard)), part.value.delivery_id

        return await until_committed(self._documents, decide, tries=_TRIES)

    async def match(self, parked: DeliveryPart) -> str:
        """Looks again for the message of a parked receipt; the delivery that was told, "" for none."""

        async def decide() -> tuple[list[Write], str]:
            known = (await self._parts.present([parked])).get(parked.id)
            part = await self._parts.meant_by(known.value) if known else None
            if known is None or part is None or not part.value.delivery_id:
                return [], ""
            told = await self._heard(part, _word(known.value))
            return [self._parts.forget(known), *told], part.value.delivery_id

        return await until_committed(self._documents, decide, tries=_TRIES)

    async def settle(self, changes: Sequence[Change]) -> set[str]:
        """Writes outcomes with their parts, and with the receipts that came before them; the ids whose
        version was no longer current."""
        if not changes:
            return set()

        async def decide() -> tuple[list[Write], set[str]]:
            rows = await self._documents.get_many("outbox", [change.after.id for change in changes])
            current = [
                change
                for change in changes
                if change.after.id in rows and rows[change.after.id].version == change.before.version
            ]
            lost = {change.after.id for change in changes} - {change.after.id for change in current}
            return await self._settled(current), lost

        # Each receipt that arrives meanwhile may refuse it once.
        return await until_committed(self._documents, decide, tries=_TRIES + len(changes))

    async def _settled(self, changes: Sequence[Change]) -> list[Write]:
        parts = {change.after.id: self._parts.of_message(change.after) for change in changes}
        known = await self._parts.present([part for one in parts.values() for part in one])
        writes: list[Write] = []
        taken: set[str] = set()
        for change in changes:
            words: list[PartWord | None] = [None] * len(change.after.part_ids)
            for part in parts[change.after.id]:
                before = known.get(part.id)
                if part.id in taken or (before and before.value.delivery_id not in ("", part.delivery_id)):
                    log.warning("part_id_used_twice", extra={"delivery": part.delivery_id})
                    continue  # the first message keeps it: nobody can tell their receipts apart
                taken.add(part.id)
                word = before.value.word if before else None
                if word:
                    part = replace(part.told(word), joined_at=word.at if change.after.case_id else 0)
                writes.append(self._parts.put(part, before))
                words[part.number] = word
            after = self._after(change.after, change.after.attempt, words) or change.after
            writes += await self._ends(Change(change.before, after))
        return writes

    async def _heard(self, part: Versioned[DeliveryPart], word: PartWord) -> list[Write]:
        """The writes of a word about a part; none when it says nothing new."""
        if not says_more(word, part.value.word):
            return []
        if not part.value.delivery_id:  # two receipts wait for the same answer
            return [self._parts.put(part.value.told(word), part)]
        siblings = await self._parts.of_attempt(part.value)
        words: list[PartWord | None] = [None] * part.value.total
        for one in siblings:
            words[one.value.number] = word if one.value.id == part.value.id else one.value.word
        writes = self._parts.told(part, word, siblings)
        stored = await self._documents.get("outbox", part.value.delivery_id)
        if stored is None:
            return writes
        row = Leased(self._rows.load(stored), stored.version)
        after = self._after(row.delivery, part.value.attempt, words)
        return writes if after is None else [*writes, *await self._ends(Change(row, after))]

    def _after(self, row: Delivery, attempt: int, words: Sequence[PartWord | None]) -> Delivery | None:
        """The row after what is known of all its parts, None when that changes nothing."""
        whole = together(words)
        if whole is None:
            return None
        receipt = Receipt(row.sender, row.id, attempt, "", whole.state, whole.code, whole.at)
        rule = self._handset.get(row.sender, NO_RULE)
        return apply_receipt(row, receipt, random=self._random, handset=rule)


def _word(receipt: DeliveryPart) -> PartWord:
    known = receipt.word
    if known is None:
        raise ValueError("a receipt says something")
    return known
