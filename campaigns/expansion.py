"""Expansion: turns the recipients of a broadcast into rows of the outbox, page by page.

Rule protected: killed at any instruction and begun again, it loses nobody and writes nobody twice.
Each row's id and dedup key derive from the broadcast and the address, so repeating a page inserts
nothing; the cursor moves only after the page is durable (a cursor that moves when a page is *read*
loses what the crash interrupted); and at the end the rows are counted against the recipients, and all
are gone through again when some are missing.
Source: messaging.md §3 steps 1–2.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from campaigns import template
from campaigns.broadcast import Broadcast, BroadcastState
from campaigns.errors import Overtaken
from campaigns.ports import Broadcasts, Planner, Recipient, Recipients, Suppressions
from campaigns.window import next_open
from channels import parts
from channels.address import AddressKind, is_textable
from channels.contract import ChannelKind
from channels.outbox import POLICY, Delivery, Origin

WRONG_ADDRESS = "wrong_address"  # the channel cannot reach this kind of address
DUPLICATE = "duplicate"  # the same contact or address in two groups
_MOST_SWEEPS = 1  # an undisturbed second pass leaves no hole
_JITTER_SECONDS = 600
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


class Clock(Protocol):
    """Milliseconds since 1970 UTC."""

    def now_ms(self) -> int: ...


class Expansion:
    """Expands broadcasts. `page_size` recipients make one step."""

    def __init__(
        self,
        recipients: Recipients,
        suppressions: Suppressions,
        planner: Planner,
        broadcasts: Broadcasts,
        clock: Clock,
        *,
        page_size: int = 1000,
    ) -> None:
        self._recipients = recipients
        self._suppressions = suppressions
        self._planner = planner
        self._broadcasts = broadcasts
        self._clock = clock
        self._page_size = page_size

    async def step(self, broadcast_id: str) -> Broadcast | None:
        """One page: the broadcast after it, or None when there is none of that id.

        A step on a broadcast that is paused, ended or fully expanded changes nothing.
        """
        read = await self._broadcasts.broadcast(broadcast_id)
        if read is None or not read.value.wants_expansion:
            return read.value if read else None
        broadcast = read.value
        page = await self._recipients.page(
            broadcast.segment,
            after=broadcast.cursor,
            limit=self._page_size,
            snapshot_at=broadcast.snapshot_at,
        )
        if page:
            broadcast = await self._write(broadcast, page)
        if len(page) < self._page_size:
            broadcast = await self._finish(broadcast)
        try:
            await self._broadcasts.save_broadcast(broadcast, read.version)
        except Overtaken:  # paused or canceled meanwhile: the page stays uncounted and is repeated
            now = await self._broadcasts.broadcast(broadcast_id)
            return now.value if now else None
        return broadcast

    async def _write(self, broadcast: Broadcast, page: Sequence[Recipient]) -> Broadcast:
        excluded = Counter(broadcast.excluded)
        reasons = await self._suppressions.reasons(
            [recipient.address_key for recipient in page],
            subject=broadcast.subject,
            message_class=broadcast.message_class,
        )
        wanted: dict[str, Recipient] = {}
        for recipient in page:
            reason = why_not(broadcast.channel_kind, recipient) or reasons.get(recipient.address_key, "")
            if not reason and recipient.address_key in wanted:
                reason = DUPLICATE
            if reason:
                excluded[reason] += 1
            else:
                wanted[recipient.address_key] = recipient
        deliveries = self._deliveries(broadcast, tuple(wanted.values()))
        if deliveries:
            await self._planner.plan(deliveries)
        return replace(
            broadcast,
            cursor=page[-1].id,
            considered=broadcast.considered + len(page),
            planned=broadcast.planned + len(deliveries),
            parts=broadcast.parts + sum(delivery.parts for delivery in deliveries),
            excluded=dict(excluded),
        )

    async def _finish(self, broadcast: Broadcast) -> Broadcast:
        """Looks for holes. The rows in the outbox are the truth about how many there are."""
        expected = await self._recipients.count(broadcast.segment, snapshot_at=broadcast.snapshot_at)
        rows = await self._planner.planned(broadcast.id)
        missing = broadcast.considered < expected or rows < broadcast.planned
        if missing and broadcast.sweeps < _MOST_SWEEPS:
            again = replace(broadcast, cursor="", considered=0, planned=0, parts=0, excluded={})
            return replace(again, sweeps=broadcast.sweeps + 1)
        excluded = dict(broadcast.excluded)
        if rows < broadcast.planned:  # after a full second pass: two contacts share an address
            excluded[DUPLICATE] = excluded.get(DUPLICATE, 0) + broadcast.planned - rows
        done = replace(broadcast, planned=rows, excluded=excluded, expanded=True)
        return done.moved(BroadcastState.RUNNING, self._clock.now_ms())

    def _deliveries(self, broadcast: Broadcast, wanted: Sequence[Recipient]) -> list[Delivery]:
        policy = POLICY[broadcast.message_class]
        now = self._clock.now_ms()
        opens = next_open(policy, now)
        texts = template.pieces(broadcast.text)
        shared = "" if broadcast.personal else broadcast.text
        shared_parts = _parts(broadcast, shared)
        made: list[Delivery] = []
        for recipient in wanted:
            text = ""
            size = shared_parts
            if broadcast.personal:
                text = template.fill(texts, {"name": recipient.name, "city": recipient.city})
                size = _parts(broadcast, text)
            digest = _digest(broadcast, recipient.address_key)
            jitter = int.from_bytes(digest[-4:], "big") % _JITTER_SECONDS * 1000 if opens > now else 0
            made.append(
                Delivery(
                    id=_sortable(broadcast.snapshot_at, digest),
                    origin=Origin.BROADCAST,
                    origin_id=broadcast.id,
                    sender=broadcast.channel,
                    recipient=recipient.address,
                    recipient_key=recipient.address_key,
                    message_class=broadcast.message_class,
                    dedup=digest.hex(),
                    created_at=broadcast.snapshot_at,
                    expires_at=broadcast.expires_at,
                    text=text,
                    title=broadcast.title,
                    subject=broadcast.subject,
                    campaign_id=broadcast.campaign_id,
                    lane=policy.lane,
                    parts=size,
                    not_before=opens + jitter,
                )
            )
        return made


def why_not(kind: ChannelKind, recipient: Recipient) -> str:
    """Why a channel of this kind leaves a recipient out, or ""."""
    if recipient.repeated:
        return DUPLICATE
    match kind:
        case ChannelKind.SMS:
            reachable = is_textable(recipient.address)
        case ChannelKind.MAIL:
            reachable = recipient.address.kind is AddressKind.EMAIL
        case ChannelKind.WECHAT:
            reachable = recipient.address.kind is AddressKind.WECHAT
        case ChannelKind.CHAT:
            reachable = recipient.address.kind is AddressKind.CHAT
        case _:
            reachable = False
    return "" if reachable else WRONG_ADDRESS


def _parts(broadcast: Broadcast, text: str) -> int:
    return parts.count(text).parts if broadcast.channel_kind is ChannelKind.SMS else 1


def _digest(broadcast: Broadcast, address_key: str) -> bytes:
    plain = "\x1f".join((broadcast.id, broadcast.channel, address_key, "0"))
    return hashlib.blake2b(plain.encode(), digest_size=16).digest()


def _sortable(at: int, digest: bytes) -> str:
    """An id of the shape every delivery has (it sorts by time), but the same at every repetition."""
    number = (at << 80) | int.from_bytes(digest[:10], "big")
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(125, -1, -5))
