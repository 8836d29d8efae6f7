"""The pace of every sender in the store: one document each, changed by whichever process asks.

Rule protected: tokens are taken once. A step names the version it read; of two processes one decides again.
Within a process the steps of a sender wait for each other, so that only processes ever meet.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any, TypeVar

from channels.outbox.delivery import DeliveryState
from channels.outbox.pace import FORGOTTEN_SECONDS, Moves, Pace
from channels.outbox.ports import Change, OutboxUnavailable
from hub.store.documents import Body, Collection, Conflict, Documents, Duplicate, Insert, Update, Write
from hub.store.until_committed import until_committed

COLLECTIONS = (Collection("paces"),)

T = TypeVar("T")
_TRIES = 20


class PaceRepository:
    """Paces by sender, and what this process has seen pass the providers since it last told."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._moves: dict[str, Moves] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def step(self, sender: str, decide: Callable[[Pace, int], tuple[Pace, T]]) -> T:
        """See `channels.outbox.ports.Outbox.pace`."""
        async with self._locks.setdefault(sender, asyncio.Lock()):
            moves = self._moves.pop(sender, Moves())

            async def read() -> tuple[list[Write], T]:
                now = await self._documents.now_ms()
                stored = await self._documents.get("paces", sender)
                old = _pace(stored.body) if stored else Pace()
                told = old.noted(moves.on_the_way, moves.sent_at, now) if moves else old
                new, answer = decide(told, now)
                if new is old:
                    return [], answer
                body = dict(vars(new))
                if stored is None:
                    return [Insert("paces", sender, body)], answer
                return [Update("paces", sender, body, stored.version)], answer

            try:
                return await until_committed(self._documents, read, tries=_TRIES)
            except BaseException as problem:
                self._moves.setdefault(sender, Moves()).add(moves)
                if isinstance(problem, Conflict | Duplicate):
                    raise OutboxUnavailable("the pace is changed again and again") from problem
                raise

    async def tell(self, sender: str) -> None:
        """Tells what has passed the provider, if anything has."""
        if self._moves.get(sender):
            await self.step(sender, lambda pace, now: (pace, None))

    def saw(self, changes: Sequence[Change]) -> None:
        """Changes that were written: what a provider took, and what it says it is through with."""
        for change in changes:
            before, after = change.before.delivery, change.after
            was, taken = before.state is DeliveryState.ACCEPTED, after.state is DeliveryState.ACCEPTED
            if was is taken:
                continue
            moves = self._moves.setdefault(after.sender, Moves())
            if taken and after.receipt_at:  # without: this channel gives no receipts
                moves.accepted(after.parts, after.receipt_at)
            elif was and after.receipt_at and before.receipt_at:
                moves.passed_on(after.parts, before.receipt_at, after.receipt_at)
            if len(moves.on_the_way) > 2 * FORGOTTEN_SECONDS:  # nobody asks: this sender has no rate
                del moves.on_the_way[min(moves.on_the_way)]


def _pace(body: Body) -> Pace:
    known = {one.name for one in fields(Pace)}
    given = {name: _frozen(value) for name, value in body.items() if name in known}
    return Pace(**given)


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value
