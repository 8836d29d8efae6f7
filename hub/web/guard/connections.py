"""Connections of strangers: how many one address may hold, and how slow one may be.

aiohttp bounds neither: a client that sends a header an hour holds a connection for ever, and ten thousand of
them hold the hub. Here each connection is looked at once a second:

- headers that are not whole after `header_seconds` are answered 408 and closed;
- a body that comes slower than `body_bytes_per_second`, or takes longer than `body_seconds`, is cut off;
- an answer that its reader does not take for `read_seconds` is cut off: a stream whose page is gone ends.

Only the client's own time counts: while the hub itself reads nothing, because it has not come to the body
yet, no clock runs. An address may hold `connections_per_address`; one more is refused. A proxy that is
configured may hold any number, and so may people who are signed in: an office of three hundred shares one
address.
Source: OWASP ASVS 5.0.0, 2.4.1; CWE-400.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, cast

from aiohttp import web
from aiohttp.web_protocol import RequestHandler
from aiohttp.web_server import Server

from hub.settings.web import Web
from hub.web.guard.address import one_household

LOG = logging.getLogger(__name__)

_TICK_SECONDS = 1.0
_GRACE_SECONDS = 5.0
"""A rate is not judged before."""
_IDLE_SECONDS = 75.0
"""How long a connection may wait for its next request; longer than proxies keep theirs."""
_LATE = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"

_Waiting = Literal["headers", "body", "reader", "next", "nothing"]
"""next: no byte of its next request came yet. nothing: it is the hub's turn."""


@dataclass(slots=True)
class _Wait:
    """What a connection waits for from its client, since when, and how many bytes it had then."""

    what: _Waiting
    request: int
    resumed: int
    since: float
    bytes: int


class Connections:
    """All connections of the server. Runs in the loop of the server; the state lives in the process."""

    def __init__(self, limits: Web) -> None:
        self._limits = limits
        self._proxies: Collection[str] = frozenset(limits.trusted_proxies)
        self._held: Counter[str] = Counter()
        self._open: set[_Connection] = set()

    def admit(self, connection: _Connection, address: str) -> bool:
        """Whether the connection may be. Counts it for its address."""
        if address not in self._proxies:
            connection.address = one_household(address)
            if self._held[connection.address] >= self._limits.connections_per_address:
                LOG.warning("web.too_many_connections")
                connection.address = ""
                return False
            self._held[connection.address] += 1
        self._open.add(connection)
        return True

    def excuse(self, connection: _Connection) -> None:
        """Does not count it for its address any more: its user is known, or it is gone."""
        if connection.address:
            self._held[connection.address] -= 1
            if not self._held[connection.address]:
                del self._held[connection.address]
            connection.address = ""

    def forget(self, connection: _Connection) -> None:
        """The connection is gone."""
        self.excuse(connection)
        self._open.discard(connection)

    async def watch(self) -> None:
        """Runs until it is cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(_TICK_SECONDS)
            now = loop.time()
            for connection in [*self._open]:
                wait = connection.waits(now)
                if self._is_too_slow(wait, now, connection.heard - wait.bytes):
                    LOG.info("web.too_slow", extra={"waited_for": wait.what})
                    connection.cut_off(_LATE if wait.what == "headers" else b"")

    def _is_too_slow(self, wait: _Wait, now: float, heard: int) -> bool:
        waited = now - wait.since
        if wait.what == "headers":
            return waited >= self._limits.header_seconds
        if wait.what == "reader":
            return waited >= self._limits.read_seconds
        if wait.what == "body":
            slow = waited >= _GRACE_SECONDS and heard < waited * self._limits.body_bytes_per_second
            return slow or waited >= self._limits.body_seconds
        return False


class _Connection(RequestHandler):
    """A connection that counts what it hears.

    Which part of a request it waits for aiohttp tells nobody: the attributes with an underscore are its own.
    """

    __slots__ = ("_last", "_resumed", "address", "all", "heard", "stream")

    def __init__(self, connections: Connections, server: Server) -> None:
        super().__init__(
            server,
            loop=asyncio.get_running_loop(),
            access_log=None,  # type: ignore[arg-type] # as `AppRunner` itself hands it on: nothing is logged
            keepalive_timeout=_IDLE_SECONDS,
        )
        self.all = connections
        self._resumed = 0
        self._last = _Wait("headers", 0, 0, asyncio.get_running_loop().time(), 0)
        self.address = ""
        """The address it counts for; "" = for none."""
        self.heard = 0
        """Bytes that came."""
        self.stream: asyncio.Task[Any] | None = None
        """What tells on it for as long as it lives."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        address = transport.get_extra_info("peername")
        if self.all.admit(self, address[0] if address else "unknown"):
            super().connection_made(transport)
        else:
            cast(asyncio.Transport, transport).abort()

    def connection_lost(self, exc: BaseException | None) -> None:
        self.all.forget(self)
        if self.stream is not None:
            self.stream.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self.heard += len(data)
        super().data_received(data)

    def resume_writing(self) -> None:
        self._resumed += 1  # its reader took something
        super().resume_writing()

    def waits(self, now: float) -> _Wait:
        """What it waits for at `now`."""
        what, last = self._waits_for(), self._last
        if (what, self._request_count, self._resumed) != (last.what, last.request, last.resumed):
            self._last = _Wait(what, self._request_count, self._resumed, now, self.heard)
        return self._last

    def _waits_for(self) -> _Waiting:
        request = self._current_request
        if self.writing_paused:
            return "reader"
        if self._reading_paused or self._buffer_paused or self._messages:
            return "nothing"
        if request is not None:
            return "nothing" if request.content.is_eof() else "body"
        last = self._last
        if last.request == self._request_count and last.what in ("headers", "next"):
            return "headers" if self.heard > last.bytes else last.what
        return "next"

    def cut_off(self, last_words: bytes) -> None:
        """Ends it at once; what the hub was about to answer is not said."""
        transport = self.transport
        if transport is None:
            return
        if last_words:
            transport.write(last_words)
            self.force_close()
        else:
            transport.abort()


class GuardedSite(web.SockSite):
    """A listener whose connections are looked after. Start it after its runner is set up."""

    __slots__ = ("_connections", "_watch")

    async def start_guarded(self, connections: Connections) -> None:
        """As `start`."""
        await web.BaseSite.start(self)
        server = cast(Server, self._runner.server)
        self._server = await asyncio.get_running_loop().create_server(
            lambda: _Connection(connections, server), sock=self._sock, backlog=self._backlog
        )


def signed_in(request: web.Request) -> None:
    """Tells that the connection belongs to somebody who is signed in."""
    protocol = request.protocol
    if isinstance(protocol, _Connection):
        protocol.all.excuse(protocol)


@contextmanager
def ends_with_connection(request: web.Request) -> Iterator[None]:
    """Cancels what runs inside as soon as the connection is gone. aiohttp tells that only to who writes, and
    a silent stream would hold its place until its next sign of life."""
    protocol = request.protocol
    if not isinstance(protocol, _Connection):
        yield
        return
    protocol.stream = asyncio.current_task()
    try:
        yield
    finally:
        protocol.stream = None
