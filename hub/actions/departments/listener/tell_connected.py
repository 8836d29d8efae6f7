"""Receipts go to the systems that are connected, and are kept until one took them.

Rule protected: a receipt is forgotten when it was acknowledged, never when it was sent.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Protocol

from channels.listener.contract import Outcome, TextReceipt
from hub.actions.departments.listener.tell_texts import TellTexts
from hub.model.departments.listened import OwedReceipt
from hub.model.departments.submission import TextState
from hub.repositories.departments.listened import ListenedRepository
from hub.runtime.clock import Clock
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Write

log = logging.getLogger(__name__)

_AT_ONCE = 20
_UNANSWERED_MS, _REFUSED_MS = 2_000, 60_000
"""How long it waits for its next try: the connection was lost, or the other side does not take it now."""

_OUTCOMES: Mapping[TextState, tuple[Outcome, str]] = {
    TextState.DELIVERED: (Outcome.DELIVERED, "000"),
    TextState.UNDELIVERED: (Outcome.UNDELIVERABLE, "001"),
    TextState.FAILED: (Outcome.REJECTED, "002"),
    TextState.SUPPRESSED: (Outcome.REJECTED, "003"),
    TextState.EXPIRED: (Outcome.EXPIRED, "004"),
    TextState.CANCELED: (Outcome.DELETED, "005"),
}
"""Every other state is UNKNOWN, 006."""


class Connected(Protocol):
    """The systems that are connected now."""

    def groups_that_receive(self) -> set[str]:
        """Departments of which one takes receipts."""

    async def tell(self, group: str, name: str, receipt: TextReceipt) -> bool | None:
        """Whether it was taken; None when nobody answered."""


class TellConnected:
    """A slow department holds up no other: each is told by a task of its own. way: the protocol."""

    def __init__(
        self,
        documents: Documents,
        listened: ListenedRepository,
        connected: Connected,
        clock: Clock,
        way: str,
        texts: TellTexts,
    ) -> None:
        self._documents = documents
        self._listened = listened
        self._connected = connected
        self._clock = clock
        self._way = way
        self._texts = texts
        self._telling: dict[str, asyncio.Task[None]] = {}

    async def step(self) -> None:
        """Begins to tell every department that is connected and not being told."""
        for department, task in list(self._telling.items()):
            if task.done():
                del self._telling[department]
                task.result()
        for department in self._connected.groups_that_receive() - self._telling.keys():
            self._telling[department] = asyncio.create_task(self._tell_all(department))

    async def close(self) -> None:
        """What is under way ends; it is told again later."""
        for task in self._telling.values():
            task.cancel()
        await asyncio.gather(*self._telling.values(), return_exceptions=True)
        self._telling.clear()

    async def _tell_all(self, department: str) -> None:
        while department in self._connected.groups_that_receive():
            now = self._clock.now_ms()
            due = await self._listened.receipts_to_tell(department, self._way, now, limit=_AT_ONCE)
            await asyncio.gather(*(self._tell(one) for one in due))
            if len(due) < _AT_ONCE:
                await self._texts.tell(department)
                return

    async def _tell(self, one: Versioned[OwedReceipt]) -> None:
        owed = one.value
        outcome, code = _OUTCOMES.get(owed.state, (Outcome.UNKNOWN, "006"))
        receipt = TextReceipt(
            owed.answered, owed.source, owed.destination, outcome, code, owed.at, owed.ended_at, owed.place
        )
        taken = await self._connected.tell(owed.department, owed.system_id, receipt)
        if taken:
            write: Write = self._listened.told(one)
        else:
            wait = _UNANSWERED_MS if taken is None else _REFUSED_MS
            log.info("listener.receipt_later", extra={"delivery": owed.id, "answered": taken is not None})
            write = self._listened.update_receipt(
                replace(owed, next_at=self._clock.now_ms() + wait), one.version
            )
        with suppress(Conflict):
            await self._documents.commit([write])
