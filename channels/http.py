"""The HTTP client every adapter sends with; the only module that opens client sessions.

Rules protected: every wait has a limit, no answer is followed to another address (who wants that asks
for each step), no answer is read beyond a size, nothing is remembered between requests (cookies) and
nothing is taken from the environment (proxies). What went wrong is told apart by the one question a
sender has: can the peer have seen the request?
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import ip_address
from types import TracebackType
from typing import Self

import aiohttp
from multidict import CIMultiDict
from yarl import URL

from channels.errors import ChannelError
from channels.network import IpAddress

_CHUNK_BYTES = 65_536


class HttpError(ChannelError):
    """A request without a usable answer."""


class NotReached(HttpError):
    """No connection: the peer has certainly not seen the request."""


class AnswerLost(HttpError):
    """The request may have been processed: time-out, cut connection or no HTTP in the answer.

    received: what had come of the body of an answer with status 200.
    """

    def __init__(self, reason: str, received: bytes = b"") -> None:
        super().__init__(reason)
        self.received = received


class AnswerTooLarge(HttpError):
    """The answer was longer than allowed and was not read to its end."""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """A complete answer. `headers` can be read in any case; `body` is within the limit asked."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Destination:
    """An address with everything constant about the requests to it, prepared once.

    server: whose certificate is asked for, None = the host of `url`.
    """

    url: URL
    headers: CIMultiDict[str]
    timeout: aiohttp.ClientTimeout
    limit_bytes: int
    server: str | None = None


def destination(
    url: str,
    headers: Mapping[str, str],
    *,
    total_seconds: float,
    connect_seconds: float = 5.0,
    stall_seconds: float | None = None,
    limit_bytes: int = 65_536,
    address: str = "",
) -> Destination:
    """Prepare requests to `url`, which must be absolute and already percent-encoded.

    total_seconds: the longest a request may take from start to the last byte of the answer.
    stall_seconds: the longest the peer may send nothing at all. limit_bytes: the longest answer that is read.
    address: the IP address to connect to, instead of looking the host up.
    """
    prepared = CIMultiDict(headers)
    to = URL(url, encoded=True)
    server = None
    if address:
        prepared["Host"], server = to.host_port_subcomponent or "", to.host
        to = to.with_host(address)
    # A compressed answer could unpack to any size, and nothing we ask for is large text.
    prepared["Accept-Encoding"] = "identity"
    return Destination(
        url=to,
        headers=prepared,
        # Waiting for a free connection counts as connecting: that request was never sent.
        timeout=aiohttp.ClientTimeout(
            total=total_seconds, connect=min(connect_seconds, total_seconds), sock_read=stall_seconds
        ),
        limit_bytes=limit_bytes,
        server=server,
    )


async def addresses_of(host: str, port: int) -> list[IpAddress]:
    """Every address a host has now. Raises `NotReached`."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as problem:
        raise NotReached(type(problem).__name__) from problem
    return [ip_address(str(one[4][0]).partition("%")[0]) for one in found]


class HttpClient:
    """One pool of connections. Create it inside a running event loop and close it.

    connections: at most so many at once; a request that waits too long for one is `NotReached`,
    so a sender's pool must be as large as what it has in flight.
    """

    def __init__(self, *, connections: int = 100) -> None:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=connections, keepalive_timeout=15),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            headers={"User-Agent": "citizen-contact-hub"},
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close every connection; requests under way fail."""
        await self._session.close()

    async def post(
        self, to: Destination, body: bytes, *, headers: Mapping[str, str] | None = None
    ) -> HttpAnswer:
        """POST `body` once. Raises `NotReached`, `AnswerLost` or `AnswerTooLarge`.

        headers: in addition to the destination's own.
        """
        return await self._request("POST", to, body, headers)

    async def get(self, to: Destination) -> HttpAnswer:
        """GET once. Raises `NotReached`, `AnswerLost` or `AnswerTooLarge`."""
        return await self._request("GET", to, None, None)

    async def _request(
        self, method: str, to: Destination, body: bytes | None, headers: Mapping[str, str] | None
    ) -> HttpAnswer:
        received: list[bytes] = []
        sent = to.headers
        if headers is not None:
            sent = sent.copy()
            sent.update(headers)
        try:
            async with self._session.request(
                method,
                to.url,
                data=body,
                headers=sent,
                timeout=to.timeout,
                allow_redirects=False,
                server_hostname=to.server,
            ) as response:
                if response.status == HTTPStatus.OK:
                    answer = await _read(response, to.limit_bytes, received)
                elif 0 <= (response.content_length or -1) <= to.limit_bytes:
                    answer = await response.read()  # no more than was announced
                else:
                    answer = await _read(response, to.limit_bytes, [])
                return HttpAnswer(response.status, response.headers, answer)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as problem:
            raise NotReached(type(problem).__name__) from problem
        except (aiohttp.ClientError, TimeoutError, OSError) as problem:
            raise AnswerLost(type(problem).__name__, b"".join(received)) from problem


async def _read(response: aiohttp.ClientResponse, limit_bytes: int, chunks: list[bytes]) -> bytes:
    """The body; what has come of it is in `chunks` even when the rest does not come."""
    if (response.content_length or 0) > limit_bytes:
        raise AnswerTooLarge("the answer announced more than is allowed")
    total = 0
    async for chunk in response.content.iter_chunked(_CHUNK_BYTES):
        total += len(chunk)
        if total > limit_bytes:
            raise AnswerTooLarge("the answer was longer than is allowed")
        chunks.append(chunk)
    return b"".join(chunks)
