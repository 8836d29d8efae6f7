"""The brake on guessing query codes, made so that nobody can use it against somebody else (ADR 36).

A **source** (a telephone number, an account, an IPv4 address, an IPv6 /64 network; a call that shows no
number) waits longer after every wrong code. A **number** is never locked: after some wrong codes in a day its
code alone opens nothing until midnight, and whoever comes from the telephone of the matter goes on as before.
Sixteen digits cannot be guessed, so they are not counted at their number at all.

A try is counted before it is judged, so that a thousand tries at once are not a thousand guesses. Numbers
that do not exist are counted alike, and a wrong answer takes the same time for them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TypeVar

from hub.actions.progress.progress_source import SourceDown
from hub.runtime.clock import Clock, to_local
from hub.runtime.errors import HubError, NotFound
from hub.runtime.ids import derived_id
from hub.store.documents import Add, Conflict, Documents, Duplicate, Insert, Stored, Update, Write
from hub.store.until_committed import until_committed

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
FREE_TRIES = 2
"""The formula gives them less than a second, which nobody who types would notice."""
LONG_CODE = 16
LEAST_SECONDS = 0.05
"""No wrong answer is given sooner: reading a case takes longer than finding none."""
_DOUBLINGS = 20
_RACES = 50

T = TypeVar("T")


class TooManyTries(HubError):
    """The source waits until this instant (ms UTC)."""

    def __init__(self, until: int) -> None:
        super().__init__("too many wrong codes")
        self.until = until


class PhoneNeeded(HubError):
    """Today the code alone does not open this number, whether there is such a number or not."""


@dataclass(frozen=True, slots=True)
class _Claim:
    """A try counted at its source, and the version that was written. judged: done when it is known what it
    was."""

    id: str
    version: int
    judged: asyncio.Future[None]


class QueryCodeLockout:
    """Counts tries. wrong_codes_a_day: of one number, until its code alone opens nothing that day.
    longest_wait: seconds. least_seconds: how long a wrong answer takes at least."""

    def __init__(
        self,
        documents: Documents,
        clock: Clock,
        *,
        wrong_codes_a_day: int,
        longest_wait: int,
        least_seconds: float = LEAST_SECONDS,
    ) -> None:
        self._documents = documents
        self._clock = clock
        self._wrong_codes_a_day = wrong_codes_a_day
        self._longest_wait = longest_wait
        self._least_seconds = least_seconds
        self._running: dict[str, set[asyncio.Future[None]]] = {}

    async def attempt(
        self,
        reference: str,
        code: str,
        judge: Callable[[], Awaitable[T | None]],
        *,
        source: str,
        is_owner: Callable[[], Awaitable[bool]],
    ) -> T:
        """What `judge` gives; None from it is a wrong try. Not asked at all while the source waits.

        is_owner: whether the try comes from the telephone of the matter. Raises `NotFound` (absent and wrong
        look the same), `TooManyTries`, `PhoneNeeded`, or `SourceDown` from `judge`, which counts for nothing.
        """
        answer_at = asyncio.get_running_loop().time() + self._least_seconds
        claim = await self._in_turn(f"source:{derived_id(source)}")
        number = ""
        try:
            if len(code) < LONG_CODE and not await is_owner():
                number = await self._count(reference)
            found = await judge()
            if found is not None:
                # It takes back this one try, no more: a right code of one's own frees no guessing.
                await self._give_back(claim, number)
                return found
        except (PhoneNeeded, SourceDown) as problem:
            await self._give_back(claim, number)
            if isinstance(problem, SourceDown):
                raise
            refused: HubError = problem
        else:
            refused = NotFound("case")
        finally:
            self._end(claim.id, claim.judged)
        await _until(answer_at)
        raise refused

    @asynccontextmanager
    async def slowed(self, source: str) -> AsyncIterator[Callable[[], Awaitable[None]]]:
        """Counts something else that guessers do often, so that the next comes later, unless what is given
        is called in the block. Raises `TooManyTries`."""
        claim = await self._in_turn(f"source:{derived_id(source)}")
        try:
            yield lambda: self._give_back(claim, "")
        finally:
            self._end(claim.id, claim.judged)

    async def _in_turn(self, id: str) -> _Claim:
        """A try counted at its source. Those being judged may turn out right and be taken back: a double
        click waits for that, and is not refused for it."""
        while True:
            judged = asyncio.get_running_loop().create_future()
            try:
                return await self._claim(id, judged)
            except BaseException as problem:
                self._end(id, judged)
                others = self._running.get(id)
                if not isinstance(problem, TooManyTries) or not others:
                    raise
                await asyncio.wait(set(others), return_when=asyncio.FIRST_COMPLETED)

    def _end(self, id: str, judged: asyncio.Future[None]) -> None:
        if not judged.done():
            judged.set_result(None)
        running = self._running.get(id, set())
        running.discard(judged)
        if not running:
            self._running.pop(id, None)

    async def _claim(self, id: str, judged: asyncio.Future[None]) -> _Claim:
        """Counts a try at its source. Raises `TooManyTries` while it waits."""

        async def decide() -> tuple[Sequence[Write], _Claim]:
            now, stored = self._clock.now_ms(), await self._documents.get("attempts", id)
            wrong, began, at = _standing(stored, now)
            until = at + self._wait_ms(wrong + 1)
            if now < until:
                raise TooManyTries(until)
            self._running.setdefault(id, set()).add(judged)
            body = {"wrong": wrong + 1, "began": began, "at": now, "until": began + HOUR_MS}
            if stored is None:
                return [Insert("attempts", id, body)], _Claim(id, 1, judged)
            return [Update("attempts", id, body, stored.version)], _Claim(id, stored.version + 1, judged)

        try:
            return await until_committed(self._documents, decide, tries=_RACES)
        except (Conflict, Duplicate):  # so many at once are no typing
            raise TooManyTries(self._clock.now_ms() + 1000) from None

    def _wait_ms(self, try_number: int) -> int:
        """How long the n-th try of an hour comes after the one before."""
        if try_number <= FREE_TRIES:
            return 0
        return min(1000 << min(try_number - FREE_TRIES - 1, _DOUBLINGS), self._longest_wait * 1000)

    async def _count(self, reference: str) -> str:
        """Counts a try at its number. Raises `PhoneNeeded` behind the last one of the day."""
        now = self._clock.now_ms()
        id = f"number:{derived_id(reference)}:{to_local(now):%Y%m%d}"
        if await self._documents.get("attempts", id) is None:
            with suppress(Duplicate):  # another try was there first
                await self._documents.commit([Insert("attempts", id, {"wrong": 0, "until": now + DAY_MS})])
        await self._documents.commit([Add("attempts", id, {"wrong": 1})])
        counted = await self._documents.get("attempts", id)
        if counted is None or counted.body["wrong"] > self._wrong_codes_a_day:
            raise PhoneNeeded
        return id

    async def _give_back(self, claim: _Claim, number: str) -> None:
        if number:
            await self._documents.commit([Add("attempts", number, {"wrong": -1})])

        async def decide() -> tuple[Sequence[Write], None]:
            stored = await self._documents.get("attempts", claim.id)
            if stored is None or not stored.body["wrong"]:
                return (), None
            # Its own wait was over, so there is none to go back to; a try that came meanwhile has one.
            at = 0 if stored.version == claim.version else stored.body["at"]
            body = {"wrong": stored.body["wrong"] - 1, "at": at}
            return [Update("attempts", claim.id, body, stored.version)], None

        with suppress(Conflict):  # it stays counted: a wait of seconds more
            await until_committed(self._documents, decide, tries=_RACES)


def _standing(stored: Stored | None, now: int) -> tuple[int, int, int]:
    """Wrong tries of the running hour, when it began, and when the last of them was."""
    if stored is None or now - stored.body["began"] >= HOUR_MS:
        return 0, now, 0
    return stored.body["wrong"], stored.body["began"], stored.body["at"]


async def _until(at: float) -> None:
    await asyncio.sleep(max(0.0, at - asyncio.get_running_loop().time()))
