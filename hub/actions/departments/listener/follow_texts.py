"""What time does to texts of listeners: parts that do not come, and texts that come to their end."""

from __future__ import annotations

import logging
from dataclasses import replace

from hub.actions.departments.listener.close_text import unfinished
from hub.actions.departments.text_states import TextStates
from hub.model.departments.listened import LongText, OwedReceipt
from hub.model.departments.submission import OPEN, TextState
from hub.repositories.departments.records import DepartmentRecords
from hub.runtime.clock import Clock
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Duplicate, Write

log = logging.getLogger(__name__)

_AT_ONCE = 100
_GRACE_MS = 5_000
"""A last part that came in time may just be handed over."""
_SOONEST_MS, _LATEST_MS = 1_000, 300_000


class FollowTexts:
    """Looks at those whose time has come."""

    def __init__(
        self,
        documents: Documents,
        records: DepartmentRecords,
        states: TextStates,
        clock: Clock,
    ) -> None:
        self._documents = documents
        self._records = records
        self._listened = records.listened
        self._states = states
        self._clock = clock

    async def step(self) -> bool:
        """Looks at some; whether there may be more to look at now."""
        now = self._clock.now_ms()
        texts = await self._listened.texts_due(now - _GRACE_MS, limit=_AT_ONCE)
        for text in texts:
            await self._commit(text.value.message_id, await self._end(text, now))
        receipts = await self._listened.receipts_to_look(now, limit=_AT_ONCE)
        for receipt in receipts:
            await self._commit(receipt.value.id, [await self._look(receipt, now)])
        return _AT_ONCE in (len(texts), len(receipts))

    async def _commit(self, message: str, writes: list[Write]) -> None:
        try:
            await self._documents.commit(writes)
        except (Conflict, Duplicate):
            log.info("listener.changed_meanwhile", extra={"delivery": message})

    async def _end(self, one: Versioned[LongText], now: int) -> list[Write]:
        rest = await unfinished(self._records, one.value, now)
        return [self._listened.put_text(one.value.closed(now), one.version), *rest]

    async def _look(self, one: Versioned[OwedReceipt], now: int) -> Write:
        receipt = one.value
        submission = await self._records.submissions.get(receipt.submission_id)
        state = TextState.UNKNOWN  # of a submission that retention took away
        if submission is not None:
            standings = await self._states.of(submission.value, now)
            state = next((s.state for s in standings if s.message_id == receipt.id), state)
        if state not in OPEN:
            return self._listened.update_receipt(receipt.ended(state, now), one.version)
        wait = min(_LATEST_MS, max(_SOONEST_MS, (now - receipt.at) // 8))
        return self._listened.update_receipt(replace(receipt, look_at=now + wait), one.version)
