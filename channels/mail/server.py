"""A listening SMTP or LMTP socket with bounds, on the running loop.

The library takes a letter line by line: ten megabytes of line ends would hold the loop for seconds, and
a line of more than its limit is refused although the letter is not too large. So DATA is read here, in
blocks.

aiosmtpd's own controller runs a thread with a second event loop; ours serves on the hub's loop, so
that "250 only after it is stored" is one await. The library logs addresses and mail lines under
`mail.log`; we give that logger no voice, because logs never hold personal data.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP

_BLOCK_BYTES = 65_536
_END_OF_DATA = b"\r\n.\r\n"


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Where to listen and how much to take.

    lmtp: speak LMTP instead of SMTP. port 0 picks a free one. idle_seconds: a silent peer is cut off.
    """

    host: str = "127.0.0.1"
    port: int = 2525
    hostname: str = "localhost"
    lmtp: bool = False
    size_limit_bytes: int = 25 * 1024 * 1024
    max_connections: int = 50
    idle_seconds: float = 300.0


class MailServer:
    """`start`, then `port`; `stop` closes the socket and every session."""

    def __init__(self, settings: ServerSettings, handler: object) -> None:
        self._settings = settings
        self._handler = handler
        self._sessions: set[asyncio.BaseTransport] = set()
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """The port in use."""
        if self._server is None:
            raise RuntimeError("not started")
        number: int = self._server.sockets[0].getsockname()[1]
        return number

    async def start(self) -> None:
        """Listens."""
        logging.getLogger("mail.log").setLevel(logging.CRITICAL + 1)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            self._protocol(loop), self._settings.host, self._settings.port
        )

    async def stop(self) -> None:
        """Stops listening and cuts off who is still talking; what got its 250 is stored."""
        if self._server is not None:
            self._server.close()
            for session in list(self._sessions):
                session.abort() if isinstance(session, asyncio.Transport) else session.close()
            await self._server.wait_closed()
            self._server = None

    def _protocol(self, loop: asyncio.AbstractEventLoop) -> Callable[[], asyncio.BaseProtocol]:
        settings = self._settings
        bounded = _bounded(LMTP if settings.lmtp else SMTP)

        def make() -> asyncio.BaseProtocol:
            protocol: asyncio.BaseProtocol = bounded(
                self._handler,
                sessions=self._sessions,
                max_connections=settings.max_connections,
                data_size_limit=settings.size_limit_bytes,
                hostname=settings.hostname,
                ident="ready",
                enable_SMTPUTF8=True,
                timeout=settings.idle_seconds,
                loop=loop,
            )
            return protocol

        return make


def _bounded(kind: Any) -> Any:
    """`kind` (SMTP or LMTP) with a bound on sessions and with lines of any length in a letter."""

    class Bounded(kind):  # type: ignore[misc]
        line_length_limit = _BLOCK_BYTES

        def __init__(
            self, handler: object, *, sessions: set[asyncio.BaseTransport], max_connections: int, **rest: Any
        ) -> None:
            super().__init__(handler, **rest)
            self._all = sessions
            self._max = max_connections
            self._mine: asyncio.BaseTransport | None = None

        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            if len(self._all) >= self._max and isinstance(transport, asyncio.Transport):
                transport.write(b"421 4.3.2 too many connections, try again later\r\n")
                transport.close()
                return
            self._mine = transport
            self._all.add(transport)
            super().connection_made(transport)

        def connection_lost(self, error: Exception | None) -> None:
            if self._mine is not None:
                self._all.discard(self._mine)
                super().connection_lost(error)

        def eof_received(self) -> bool | None:
            if self._mine is None:
                return False
            result: bool | None = super().eof_received()
            return result

        def data_received(self, data: bytes) -> None:
            if self._mine is not None:
                super().data_received(data)

        async def smtp_DATA(self, arg: str) -> None:
            if await self.check_helo_needed() or await self.check_auth_needed("DATA"):
                return
            if not self.envelope.rcpt_tos:
                await self.push("503 Error: need RCPT command")
                return
            if arg:
                await self.push("501 Syntax: DATA")
                return
            self._reader.feed_data(b"\r\n")  # so that a dot in the first line ends an empty letter as well
            await self.push("354 End data with <CR><LF>.<CR><LF>")
            content = await _until_the_dot(self._reader, self.data_size_limit)
            if content is None:
                status = "552 Error: Too much mail data"
            else:
                self.envelope.content = self.envelope.original_content = content
                status = await self._call_handler_hook("DATA")
            self._set_post_data_state()
            await self.push(status)

    return Bounded


async def _until_the_dot(reader: asyncio.StreamReader, most_bytes: int) -> bytes | None:
    """A letter without the line end before it and the dots of RFC 5321 §4.5.2; None when it is too large."""
    content = bytearray()
    too_large = False
    while not content.endswith(_END_OF_DATA):
        try:
            block = await reader.readuntil(_END_OF_DATA)
        except asyncio.LimitOverrunError as longer:
            block = await reader.readexactly(longer.consumed)
        if too_large:
            content.clear()
        content += block
        too_large = too_large or len(content) > most_bytes + len(_END_OF_DATA)
    if too_large:
        return None
    letter = bytes(memoryview(content)[2:-3])
    return letter.replace(b"\r\n.", b"\r\n").removeprefix(b".")
