"""Connections over which requests are posted, one at a time on each, kept open between them.

A message is one small POST. aiohttp's client spends several times the processor time on it that it needs,
and more than the store does (docs/adr/0037). What is fetched, and may be large, goes the other way (`http`).

Rule protected: no answer is ever given to another request. A connection on which anything unexpected happened
(an early word, a late one, a cancelled wait) is closed and not used again.
"""

from __future__ import annotations

import asyncio
import ssl
from typing import NamedTuple, cast

from channels.http_answer import AnswerReader, BadAnswer, TooLarge

_SECOND_ADDRESS_SECONDS = 0.25
"""Of a host with several addresses the next is tried beside the first after this."""


class Place(NamedTuple):
    """Where a connection leads. server: whose certificate is asked for, "" without TLS."""

    host: str
    port: int
    server: str


class Unreachable(Exception):
    """No connection in time; nothing was sent. The cause says why."""


class Lost(Exception):
    """The connection ended, or the time, before the answer was complete; the request may have been seen."""


class _Connection(asyncio.Protocol):
    """One connection. keep_seconds: how long it waits for the next request before it closes itself."""

    def __init__(self, loop: asyncio.AbstractEventLoop, keep_seconds: float) -> None:
        self._loop = loop
        self._keep = keep_seconds
        self._transport: asyncio.Transport | None = None
        self._reader: AnswerReader | None = None
        self._answer: asyncio.Future[AnswerReader] | None = None
        self._until = 0.0
        self._timer: asyncio.TimerHandle | None = None

    @property
    def is_open(self) -> bool:
        """Whether nobody has ended it."""
        return self._transport is not None and not self._transport.is_closing()

    def is_fresh(self, now: float) -> bool:
        """Whether another request may go over it."""
        return self.is_open and now < self._until

    async def ask(self, request: bytes, limit_bytes: int, until: float) -> AnswerReader:
        """Sends a request; the complete answer. until: the loop's seconds. Raises `Lost`, `TooLarge`."""
        if self._transport is None:
            raise Lost("closed")
        self._reader = reader = AnswerReader(limit_bytes)
        answer: asyncio.Future[AnswerReader] = self._loop.create_future()
        self._answer = answer
        self._until = until
        # One timer for many requests: one that is set and taken back for each costs as much as sending it.
        if self._timer is None or self._timer.when() > until:
            self._look_at(until)
        self._transport.write(request)
        try:
            return await answer
        finally:
            self._reader = self._answer = None
            if reader.complete and reader.keeps:
                self._until = self._loop.time() + self._keep
            else:  # also when who asked has gone
                self.close()

    def fail(self, problem: Exception) -> None:
        """Ends it, and tells who waits for an answer."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(problem)
        self.close()

    def close(self) -> None:
        """Ends it at once."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._transport is not None:
            self._transport.abort()

    def _look_at(self, when: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(when, self._look)

    def _look(self) -> None:
        self._timer = None
        if self._loop.time() < self._until:
            self._look_at(self._until)
        else:
            self.fail(Lost("TimeoutError"))

    # -- what asyncio calls ------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See `asyncio.Protocol`."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """See `asyncio.Protocol`."""
        if self._reader is None or self._answer is None or self._answer.done():
            self.close()  # nobody asked
            return
        try:
            complete = self._reader.feed(data)
        except TooLarge as problem:
            self.fail(problem)
        except BadAnswer:
            self.fail(Lost("BadAnswer"))
        else:
            if complete:
                self._answer.set_result(self._reader)

    def connection_lost(self, exc: Exception | None) -> None:
        """See `asyncio.Protocol`."""
        self._transport = None
        if self._reader is not None and self._answer is not None and not self._answer.done():
            if exc is None and self._reader.ended():
                self._answer.set_result(self._reader)
            else:
                self._answer.set_exception(Lost(type(exc).__name__))
        self.close()


class Connections:
    """A pool. limit: at most so many at once. keep_seconds: how long an idle one is used again."""

    def __init__(self, limit: int, *, keep_seconds: float) -> None:
        self._limit = limit
        self._keep = keep_seconds
        self._slots = asyncio.Semaphore(limit)
        self._busy: set[_Connection] = set()
        self._idle: dict[Place, list[_Connection]] = {}
        self._tls: ssl.SSLContext | None = None

    async def ask(
        self, place: Place, request: bytes, *, limit_bytes: int, connect_seconds: float, total_seconds: float
    ) -> AnswerReader:
        """The complete answer to a request. Raises `Unreachable`, `Lost` or `TooLarge`.

        connect_seconds: the longest wait for a connection, its own or a free place in the pool.
        total_seconds: the longest in all.
        """
        loop = asyncio.get_running_loop()
        now = loop.time()
        await self._slot(now + connect_seconds)
        try:
            connection = self._kept(place, now) or await self._connect(place, now + connect_seconds)
            self._busy.add(connection)
            try:
                answer = await connection.ask(request, limit_bytes, now + total_seconds)
            finally:
                self._busy.discard(connection)
            if answer.keeps:
                self._idle.setdefault(place, []).append(connection)
            return answer
        finally:
            self._slots.release()

    def close(self) -> None:
        """Closes every connection; requests under way fail."""
        for connection in [*self._busy, *(one for kept in self._idle.values() for one in kept)]:
            connection.fail(Lost("closed"))
        self._idle.clear()

    async def _slot(self, until: float) -> None:
        if not self._slots.locked():
            await self._slots.acquire()
            return
        try:
            async with asyncio.timeout_at(until):
                await self._slots.acquire()
        except TimeoutError as problem:
            raise Unreachable from problem

    def _kept(self, place: Place, now: float) -> _Connection | None:
        kept = self._idle.get(place, [])
        while kept:
            connection = kept.pop()  # the one used last is the least likely to be closed by the other side
            if connection.is_fresh(now):
                return connection
            connection.close()
        return None

    async def _connect(self, place: Place, until: float) -> _Connection:
        self._make_room()
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout_at(until):
                _, connection = await loop.create_connection(
                    lambda: _Connection(loop, self._keep),
                    place.host,
                    place.port,
                    ssl=self._context() if place.server else None,
                    server_hostname=place.server or None,
                    happy_eyeballs_delay=_SECOND_ADDRESS_SECONDS,
                )
        except (OSError, TimeoutError, UnicodeError) as problem:  # ssl.SSLError is an OSError
            raise Unreachable from problem
        return connection

    def _make_room(self) -> None:
        """Idle connections elsewhere count too."""
        idle = [one for kept in self._idle.values() for one in kept]
        for connection in idle[: max(0, len(idle) + len(self._busy) + 1 - self._limit)]:
            connection.close()
        for place, kept in list(self._idle.items()):
            kept[:] = [one for one in kept if one.is_open]
            if not kept:
                del self._idle[place]

    def _context(self) -> ssl.SSLContext:
        if self._tls is None:
            self._tls = ssl.create_default_context()
            self._tls.set_alpn_protocols(["http/1.1"])
        return self._tls
