"""What became of texts is noticed, counted and told: each text's end once.

Rules protected: that an end was told stands in the same unit of work as what tells it, so that a crash
neither loses nor doubles a receipt; what is posted is kept until it was acknowledged, under an id that stays.
Submissions are looked at, not listened to: at first every second, then after an eighth of their age, five
minutes at most; a row in doubt for days costs little, and no step of the dispatcher pays for it.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from hub.actions.departments.text_states import TextStanding, TextStates
from hub.model.departments.callback import Callback
from hub.model.departments.failure import TextFailure
from hub.model.departments.submission import OPEN, Submission, TextState
from hub.repositories.departments.records import DepartmentRecords
from hub.runtime.clock import Clock, to_local
from hub.runtime.errors import NotFound, Stale
from hub.runtime.ids import derived_id
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Duplicate, Write

log = logging.getLogger(__name__)

_SOONEST_MS, _LATEST_MS = 1_000, 300_000
_AT_ONCE = 50
_POSTS_AT_ONCE = 20
_RECEIPTS_EACH = 200
"""So many receipts travel in one POST."""
_ARRIVED = frozenset({TextState.DELIVERED, TextState.REJECTED})


class CallbackDoor(Protocol):
    """How a department's system is reached."""

    async def tell(self, url: str, body: bytes, *, secret: str, key_hint: str, id: str) -> int:
        """The status of its answer. Raises `NotTold`."""


class NotTold(Exception):
    """No answer came. The text is a code, safe to log."""


class NoticeEnds:
    """Looks at submissions whose time has come."""

    def __init__(
        self, documents: Documents, records: DepartmentRecords, states: TextStates, clock: Clock
    ) -> None:
        self._documents = documents
        self._records = records
        self._states = states
        self._clock = clock

    async def step(self) -> bool:
        """Looks at some; whether there may be more to look at now."""
        now = self._clock.now_ms()
        due = await self._records.submissions.due(now, limit=_AT_ONCE)
        for one in due:
            try:
                await self._documents.commit(await self._writes(one, now))
            except (Conflict, Duplicate):
                log.info("department.looked_at_twice", extra={"submission": one.value.id})
        return len(due) == _AT_ONCE

    async def _writes(self, one: Versioned[Submission], now: int) -> list[Write]:
        submission = one.value
        standings = await self._states.of(submission, now)
        ended = [s for s in standings if submission.told[s.place] == "." and s.state not in OPEN]
        if ended and not submission.sandbox:
            reasons = await self._states.reasons([s for s in ended if s.state not in _ARRIVED])
            ended = [replace(s, reason=reasons.get(s.message_id, s.reason)) for s in ended]
        told = list(submission.told)
        for standing in ended:
            told[standing.place] = "t"
        age = now - submission.at
        wait = min(_LATEST_MS, max(_SOONEST_MS, age // 8))
        look_at = now + wait if "." in told else 0
        writes: list[Write] = [
            self._records.submissions.looked(submission.id, one.version, look_at=look_at, told="".join(told))
        ]
        if submission.callback_url:
            writes += self._callbacks(submission, ended, now)
        if not submission.sandbox:
            writes += self._counted(submission, ended, now)
        return writes

    def _callbacks(self, submission: Submission, ended: Sequence[TextStanding], now: int) -> list[Write]:
        writes: list[Write] = []
        for start in range(0, len(ended), _RECEIPTS_EACH):
            some = ended[start : start + _RECEIPTS_EACH]
            id = derived_id("callback", submission.id, some[0].message_id)
            body = {
                "id": id,
                "submission_id": submission.id,
                "client_ref": submission.client_ref,
                "sandbox": submission.sandbox,
                "told_at": to_local(now).isoformat(timespec="milliseconds"),
                "receipts": [
                    {"to": s.to, "message_id": s.message_id, "state": s.state.value, "reason": s.reason}
                    for s in some
                ],
            }
            callback = Callback(
                id=id,
                department=submission.department,
                line=submission.line,
                submission_id=submission.id,
                client_ref=submission.client_ref,
                url=submission.callback_url,
                created_at=now,
                next_at=now,
                receipts=len(some),
                sandbox=submission.sandbox,
                body=json.dumps(body, ensure_ascii=False, separators=(",", ":")),
            )
            writes.append(self._records.callbacks.insert(callback))
        return writes

    def _counted(self, submission: Submission, ended: Sequence[TextStanding], now: int) -> list[Write]:
        day = submission.day  # on which it was submitted, so that a day adds up
        amounts = Counter(standing.state.value for standing in ended)
        failures = [
            self._records.callbacks.insert_failure(
                TextFailure(
                    id=s.message_id,
                    department=submission.department,
                    at=now,
                    submission_id=submission.id,
                    client_ref=submission.client_ref,
                    state=s.state,
                    reason=s.reason,
                    to=s.to,
                )
            )
            for s in ended
            if s.state not in _ARRIVED
        ]
        return [*self._records.submissions.count(submission.department, day, amounts), *failures]


class TellReceipts:
    """Posts what is due. One process at a time does it; twice would only tell twice, under one id."""

    def __init__(
        self, documents: Documents, records: DepartmentRecords, door: CallbackDoor, clock: Clock
    ) -> None:
        self._documents = documents
        self._records = records
        self._door = door
        self._clock = clock

    async def step(self) -> bool:
        """Posts some; whether there may be more to post now."""
        due = await self._records.callbacks.due(self._clock.now_ms(), limit=_POSTS_AT_ONCE)
        await asyncio.gather(*(self._tell(one) for one in due))
        return len(due) == _POSTS_AT_ONCE

    async def again(self, department: str, id: str) -> None:
        """A person has it told again. Raises `NotFound`, `Stale`."""
        found = await self._records.callbacks.get(id)
        if found is None or found.value.department != department:
            raise NotFound
        after = found.value.again(self._clock.now_ms())
        try:
            await self._documents.commit([self._records.callbacks.update(after, found.version)])
        except Conflict:
            raise Stale from None

    async def _tell(self, one: Versioned[Callback]) -> None:
        callback = one.value
        status, problem = 0, "no_key"
        now = self._clock.now_ms()
        keys = [key for key in await self._records.keys.of_line(callback.line) if key.is_open(now)]
        if not callback.body:
            problem = "unreadable"
        elif keys:
            try:
                status = await self._door.tell(
                    callback.url,
                    callback.body.encode(),
                    secret=keys[0].secret,
                    key_hint=keys[0].hint,
                    id=callback.id,
                )
                problem = ""
            except NotTold as reason:
                problem = str(reason)
        after = callback.answered(status, problem, self._clock.now_ms())
        if problem or status // 100 != 2:
            log.warning(
                "department.callback_failed",
                extra={"callback": callback.id, "status": status, "problem": problem, "tries": after.tries},
            )
        try:
            await self._documents.commit([self._records.callbacks.update(after, one.version)])
        except Conflict:  # told again by a person meanwhile: that stands
            log.info("department.callback_changed", extra={"callback": callback.id})
