"""The brake on guessing query codes.

A try is counted before it is judged, so that a thousand tries at once are not a thousand guesses: some wrong
ones in a row lock the number on that channel, and a source that guesses many numbers is slowed down the same
way (decisions, 5). Nothing tells whether a number exists.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from hub.actions.progress.progress_source import SourceDown
from hub.runtime.clock import Clock
from hub.runtime.errors import HubError, NotFound
from hub.runtime.ids import derived_id
from hub.store.documents import Add, Conflict, Documents, Stored, Update

_SOURCE_FACTOR = 4  # several citizens may share one address of an office or a village

T = TypeVar("T")


class TooManyTries(HubError):
    """Locked until this instant (ms UTC)."""

    def __init__(self, until: int) -> None:
        super().__init__("too many wrong codes")
        self.until = until


class QueryCodeLockout:
    """Counts tries."""

    def __init__(self, documents: Documents, clock: Clock, *, wrong_codes: int, lock_seconds: int) -> None:
        self._documents = documents
        self._clock = clock
        self._wrong_codes = wrong_codes
        self._lock_seconds = lock_seconds

    async def attempt(
        self, reference: str, judge: Callable[[], Awaitable[T | None]], *, source: str, channel: str
    ) -> T:
        """What `judge` gives; None from it is a wrong try. Not asked at all once the limit is spent.

        Raises `NotFound` (absent and wrong look the same), `TooManyTries`, or `SourceDown` from `judge`,
        which counts for nothing.
        """
        limits = {
            f"reference:{channel}:{derived_id(reference)}": self._wrong_codes,
            f"source:{channel}:{derived_id(source)}": self._wrong_codes * _SOURCE_FACTOR,
        }
        now = self._clock.now_ms()
        before = await self._documents.get_many("attempts", list(limits))
        _refuse_locked(before.values(), now)
        await self._documents.commit([Add("attempts", id, {"wrong": 1}) for id in limits])
        counted = await self._documents.get_many("attempts", list(limits))
        _refuse_locked(counted.values(), now)
        spent = any(counted[id].body["wrong"] > limit for id, limit in limits.items())
        try:
            found = None if spent else await judge()
        except SourceDown:
            await self._documents.commit([Add("attempts", id, {"wrong": -1}) for id in limits])
            raise
        if found is not None:
            number, origin = limits
            await self._set([counted[number]], {"wrong": 0})
            # The source takes back this one try only: a right code of one's own frees no guessing.
            await self._documents.commit([Add("attempts", origin, {"wrong": -1})])
            return found
        full = [counted[id] for id, limit in limits.items() if counted[id].body["wrong"] >= limit]
        if full:
            until = now + self._lock_seconds * 1000
            await self._set(full, {"wrong": 0, "until": until})
            raise TooManyTries(until)
        raise NotFound("case")

    async def _set(self, attempts: Iterable[Stored], body: dict[str, int]) -> None:
        for stored in attempts:
            try:
                await self._documents.commit([Update("attempts", stored.id, body, stored.version)])
            except Conflict:
                continue  # another try was counted meanwhile: its count stands


def _refuse_locked(attempts: Iterable[Stored], now: int) -> None:
    until: int = max((stored.body.get("until", 0) for stored in attempts), default=0)
    if until > now:
        raise TooManyTries(until)
