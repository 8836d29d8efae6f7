"""Finds out about ambiguous rows: the provider's list is asked before the class decides.

A receipt comes by itself and at any time. When none has come until the row's instant, the adapter that can
(`FindsSent`) asks for what the provider took; only what it certainly did not take, and what nobody could be
asked about for too long, is left to `by_class`. A provider that does not answer is asked later and later.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from enum import Enum

from channels.adapter import FindsSent
from channels.clock import Random
from channels.contract import OutboundMessage, Receipt, Taken
from channels.errors import SendError
from channels.outbox.delivery import POLICY, Delivery, Origin
from channels.outbox.gate import message_of
from channels.outbox.outcome import after
from channels.outbox.overdue import NO_WORD_SECONDS, overdue
from channels.outbox.ports import Change, Leased, OriginBody, Outbox
from channels.outbox.receipts import NO_RULE, HandsetRule, apply_receipt
from channels.outbox.retry import was_resent

log = logging.getLogger(__name__)

_AT_ONCE = 8
_MOST = 64
"""Rows of a sender that one sweep asks about, so that it comes back to what else is due."""
_ASK_SECONDS = 10.0
_AGAIN_MS = 10_000
_BEFORE_MS = 180_000
"""A try begins at most so long before it ends: its lease, and how far apart two clocks may be."""
_BEHIND_MS = 60_000


class _Silent(Enum):
    """The provider did not answer."""

    SILENT = "silent"


class Reconciler:
    """For the sweeper. finds: by sender. handset: see `HandsetRule`, by sender."""

    def __init__(
        self,
        outbox: Outbox,
        finds: Mapping[str, FindsSent],
        handset: Mapping[str, HandsetRule],
        random: Random,
    ) -> None:
        self._outbox = outbox
        self._finds = finds
        self._handset = handset
        self._random = random

    async def decide(self, rows: Sequence[Leased], *, now: int) -> list[Change]:
        """What becomes of ambiguous rows that are due; those left out are asked about next time."""
        asked: dict[str, list[Leased]] = {}
        changes: list[Change] = []
        for row in rows:
            if row.delivery.not_before and row.delivery.sender in self._finds:
                asked.setdefault(row.delivery.sender, []).append(row)
            elif (ruled := overdue(row.delivery, now=now)) is not None:
                changes.append(Change(row, ruled))
        for sender, due in asked.items():
            changes += await self._ask_all(self._finds[sender], due[:_MOST], now)
        return changes

    async def _ask_all(self, finds: FindsSent, rows: Sequence[Leased], now: int) -> list[Change]:
        origins = {r.delivery.origin_id for r in rows if r.delivery.origin is Origin.BROADCAST}
        bodies = await self._outbox.origins(sorted(origins)) if origins else {}
        changes: list[Change] = []
        silent = False
        for start in range(0, len(rows), _AT_ONCE):
            some = rows[start : start + _AT_ONCE]
            found: Sequence[Taken | _Silent | None] = [_Silent.SILENT] * len(some)
            if not silent:  # whoever did not answer once is not waited for again and again
                found = await asyncio.gather(*(self._ask(finds, row.delivery, bodies) for row in some))
            silent = silent or _Silent.SILENT in found
            for row, taken in zip(some, found, strict=True):
                changed = self._after(row.delivery, taken, now)
                if changed is not None:
                    changes.append(Change(row, changed))
        return changes

    async def _ask(
        self, finds: FindsSent, delivery: Delivery, bodies: Mapping[str, OriginBody]
    ) -> Taken | _Silent | None:
        message = _message(delivery, bodies)
        if message is None:
            return None
        ended_at = delivery.receipt_at
        try:
            async with asyncio.timeout(_ASK_SECONDS):
                return await finds.find_sent(
                    message, since=ended_at - _BEFORE_MS, until=ended_at + _BEHIND_MS
                )
        except (SendError, TimeoutError) as problem:
            code = problem.code if isinstance(problem, SendError) else "timeout"
            log.warning("list_not_read", extra={"sender": delivery.sender, "code": code})
            return _Silent.SILENT
        except Exception:  # an adapter's bug must not stop the sweeper
            log.exception("adapter_failed", extra={"sender": delivery.sender, "delivery": delivery.id})
            return _Silent.SILENT

    def _after(self, delivery: Delivery, taken: Taken | _Silent | None, now: int) -> Delivery | None:
        match taken:
            case Taken():
                accepted = after(delivery, taken.accepted, now=now, random=self._random)
                accepted = accepted.moved(receipt_at=delivery.receipt_at)  # it was taken then, not now
                word = Receipt(
                    delivery.sender,
                    delivery.id,
                    delivery.attempt,
                    accepted.provider_id,
                    taken.state,
                    taken.code,
                    now,
                )
                rule = self._handset.get(delivery.sender, NO_RULE)
                return apply_receipt(accepted, word, random=self._random, handset=rule) or accepted
            case _Silent() if now < _patience_ends(delivery):
                again = now + max(_AGAIN_MS, (now - delivery.receipt_at) // 2)
                return delivery.moved(not_before=min(again, _patience_ends(delivery)))
            case _:
                return overdue(delivery, now=now)


def _patience_ends(delivery: Delivery) -> int:
    """Until when a provider is asked that does not answer: what would be sent again cannot wait long."""
    wait = POLICY[delivery.message_class].ambiguous_resend_seconds
    if wait is None or was_resent(delivery):
        return delivery.receipt_at + NO_WORD_SECONDS * 1000
    return delivery.receipt_at + 2 * wait * 1000


def _message(delivery: Delivery, bodies: Mapping[str, OriginBody]) -> OutboundMessage | None:
    """What was sent; None when nobody knows its text any more."""
    if not delivery.text and not (delivery.origin_id in bodies and bodies[delivery.origin_id].text):
        return None
    return message_of(delivery, bodies)
