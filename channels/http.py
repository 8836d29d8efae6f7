"""The HTTP client every adapter sends with; with `connections.py` under it the only one that opens any.

Rules protected: every wait has a limit, no answer is followed to another address (who wants that asks
for each step), no answer is read beyond a size, nothing is remembered between requests (cookies) and
nothing is taken from the environment (proxies). What went wrong is told apart by the one question a
sender has: can the peer have seen the request?
"""

from __future__ import annotations

import asyncio
import re
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

from channels.connections import Connections, Lost, Place, Unreachable
from channels.errors import ChannelError
from channels.http_answer import TooLarge
from channels.network import IpAddress

_CHUNK_BYTES = 65_536
_KEEP_SECONDS = 15.0
_USER_AGENT = "citizen-contact-hub"
_UNSAFE = re.compile(r"[\r\n\0]")


class HttpError(ChannelError):
    """A request without a usable answer."""


class NotReached(HttpError):
    """No connection: the peer has certainly not seen the request."""


class AnswerLost(HttpError):
    """The request may have been processed: time-out, cut connection or no HTTP in the answer.

    received: what had come of the body of an answer with status 200 to a GET.
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

    place: where a POST connects to. head: of a POST, up to the number of its bytes.
    server: whose certificate is asked for, None = the host of `url`.
    """

    url: URL
    headers: CIMultiDict[str]
    connect_seconds: float
    total_seconds: float
    stall_seconds: float | None
    limit_bytes: int
    place: Place
    head: bytes
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
    stall_seconds: the longest the peer may send nothing at all to a GET. limit_bytes: the longest answer that
    is read.
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
        connect_seconds=min(connect_seconds, total_seconds),
        total_seconds=total_seconds,
        stall_seconds=stall_seconds,
        limit_bytes=limit_bytes,
        place=Place(
            to.raw_host or "", to.port or 0, (server or to.raw_host or "") if to.scheme == "https" else ""
        ),
        head=_head_of_post(to, prepared),
        server=server,
    )


def _head_of_post(to: URL, headers: Mapping[str, str]) -> bytes:
    """Raises `ValueError` for a header that would end before its value does."""
    listed = {"Host": to.host_port_subcomponent or "", "User-Agent": _USER_AGENT, "Accept": "*/*"}
    lines = [f"POST {to.raw_path_qs} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in listed.items() if name not in headers]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if any(_UNSAFE.search(line) for line in lines):
        raise ValueError("a header holds a line break")
    return "\r\n".join([*lines, "Content-Length: "]).encode()


async def addresses_of(host: str, port: int) -> list[IpAddress]:
    """Every address a host has now. Raises `NotReached`."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as problem:
        raise NotReached(type(problem).__name__) from problem
    return [ip_address(str(one[4][0]).partition("%")[0]) for one in found]


class HttpClient:
    """One pool of connections. Create it inside a running event loop and close it.

    connections: at most so many at once to post over, and as many to get over; a request that waits too long
    for one is `NotReached`, so a sender's pool must be as large as what it has in flight.
    """

    def __init__(self, *, connections: int = 100) -> None:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=connections, keepalive_timeout=_KEEP_SECONDS),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            headers={"User-Agent": _USER_AGENT},
        )
        self._posting = Connections(connections, keep_seconds=_KEEP_SECONDS)

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
        self._posting.close()
        await self._session.close()

    async def post(
        self, to: Destination, body: bytes, *, headers: Mapping[str, str] | None = None
    ) -> HttpAnswer:
        """POST `body` once. Raises `NotReached`, `AnswerLost` or `AnswerTooLarge`.

        headers: in addition to the destination's own.
        """
        head = to.head
        if headers is not None:
            sent = to.headers.copy()
            sent.update(headers)
            head = _head_of_post(to.url, sent)
        try:
            answer = await self._posting.ask(
                to.place,
                b"%b%d\r\n\r\n%b" % (head, len(body), body),
                limit_bytes=to.limit_bytes,
                connect_seconds=to.connect_seconds,
                total_seconds=to.total_seconds,
            )
        except Unreachable as problem:
            raise NotReached(type(problem.__cause__).__name__) from problem
        except TooLarge as problem:
            raise AnswerTooLarge("the answer was longer than is allowed") from problem
        except Lost as problem:
            raise AnswerLost(str(problem)) from problem
        return HttpAnswer(answer.status, answer.headers, answer.body)

    async def get(self, to: Destination) -> HttpAnswer:
        """GET once. Raises `NotReached`, `AnswerLost` or `AnswerTooLarge`."""
        received: list[bytes] = []
        try:
            async with self._session.get(
                to.url,
                headers=to.headers,
                timeout=aiohttp.ClientTimeout(
                    total=to.total_seconds, connect=to.connect_seconds, sock_read=to.stall_seconds
                ),
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
