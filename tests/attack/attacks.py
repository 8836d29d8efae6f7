"""What a stranger may try against a hub, as functions of its address.

Against loopback only, bounded in time and count.

Each tells how it ended as counts: what the hub let in, what it refused, what it cut off.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import cast

import aiohttp
from yarl import URL

Ended = Counter[str]
"""How many connections or requests ended how."""

HOST = b"Host: hub.test\r\n"
SAME_ORIGIN = b"Sec-Fetch-Site: same-origin\r\n"


@dataclass(slots=True)
class Slowest:
    """The slowest answer of /healthz to somebody else, in seconds."""

    seconds: float = 0.0
    asked: int = 0


@asynccontextmanager
async def somebody_else(url: str, *, every_seconds: float = 0.05) -> AsyncIterator[Slowest]:
    """Asks /healthz without a pause, as a monitor behind another address does."""
    slowest = Slowest()

    async def ask(session: aiohttp.ClientSession) -> None:
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            async with session.get(f"{url}/healthz") as answer:
                assert answer.status == 200
            slowest.seconds = max(slowest.seconds, loop.time() - began)
            slowest.asked += 1
            await asyncio.sleep(every_seconds)

    own = aiohttp.TCPConnector(local_addr=("127.0.0.9", 0))
    async with aiohttp.ClientSession(connector=own, timeout=aiohttp.ClientTimeout(5)) as session:
        async with session.get(f"{url}/healthz"):
            pass
        task = asyncio.create_task(ask(session))
        try:
            yield slowest
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


async def slow_headers(url: str, *, connections: int = 50, seconds: float = 15) -> Ended:
    """Begins requests and never ends their headers."""

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
        writer.write(b"GET / HTTP/1.1\r\n" + HOST)
        while (word := await _heard(reader, 0.2)) is None:
            writer.write(b"X: y\r\n")
        return word

    return await _many(url, connections, seconds, one)


async def slow_body(url: str, *, connections: int = 50, seconds: float = 70) -> Ended:
    """Says that a question of 200 kB comes, and sends a byte now and then."""

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
        writer.write(_post(b"/ask", 200_000) + b"question=")
        while (word := await _heard(reader, 0.2)) is None:
            writer.write(b"a")
        return word

    return await _many(url, connections, seconds, one)


async def never_reads(url: str, *, connections: int = 20, seconds: float = 70) -> Ended:
    """Asks for page after page on a connection and takes no answer from it."""

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
        cast(asyncio.Transport, writer.transport).pause_reading()
        writer.write((b"GET / HTTP/1.1\r\n" + HOST + b"\r\n") * 2000)
        while not writer.transport.is_closing():
            await asyncio.sleep(0.05)
            with contextlib.suppress(ConnectionError):
                writer.write(b"GET / HTTP/1.1\r\n" + HOST + b"\r\n")
        return "cut off"

    return await _many(url, connections, seconds, one)


async def many_connections(url: str, *, connections: int = 400, seconds: float = 5) -> Ended:
    """Opens connections and asks one page on each, leaving all open."""
    gate = asyncio.Barrier(connections)

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
        writer.write(b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n")
        word = await _heard(reader, seconds) or "nothing"
        await gate.wait()
        return word

    return await _many(url, connections, seconds, one)


async def many_streams(url: str, *, streams: int = 50, seconds: float = 5) -> Ended:
    """Opens event streams of chats. `held` stay open, `sent away` end by themselves."""
    chat = b"Cookie: hub-chat=%032x; __Host-hub-chat=%032x\r\n"
    numbers = iter(range(streams))
    gate = asyncio.Barrier(streams)

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
        number = next(numbers)
        writer.write(b"GET /chat/events HTTP/1.1\r\n" + HOST + chat % (number, number) + b"\r\n")
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in head:
            return head.split()[1].decode()
        told = b""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds / 4):
                while chunk := await reader.read(4096):
                    told += chunk
                    if b"event: later" in told:
                        break
        await gate.wait()
        return "sent away" if b"event: later" in told else "held"

    return await _many(url, streams, seconds, one)


async def promised_body(
    url: str, *, megabytes: int = 500, connections: int = 20, seconds: float = 5
) -> Ended:
    """Announces a body far over the limit."""

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
        writer.write(_post(b"/ask", megabytes * 1_000_000))
        return await _heard(reader, 5) or "nothing"

    return await _many(url, connections, 10, one)


async def files_where_none_are_wanted(url: str, *, connections: int = 20, seconds: float = 5) -> Ended:
    """Posts a form as multipart, with a file in it, where only words are asked for."""
    body = b'--b\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n' + b"a" * 10_000

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
        writer.write(_post(b"/ask", len(body), kind=b"multipart/form-data; boundary=b") + body)
        return await _heard(reader, seconds) or "nothing"

    return await _many(url, connections, seconds, one)


ATTACKS: Mapping[str, Callable[[str], Awaitable[Ended]]] = {
    attack.__name__: attack
    for attack in (
        slow_headers,
        slow_body,
        never_reads,
        many_connections,
        many_streams,
        promised_body,
        files_where_none_are_wanted,
    )
}


def _post(path: bytes, length: int, *, kind: bytes = b"application/x-www-form-urlencoded") -> bytes:
    lines = b"Content-Type: %s\r\nContent-Length: %d\r\n\r\n" % (kind, length)
    return b"POST " + path + b" HTTP/1.1\r\n" + HOST + SAME_ORIGIN + lines


async def _heard(reader: asyncio.StreamReader, seconds: float) -> str | None:
    """The status of an answer, "cut off" at the end of the connection, None when nothing came in time."""
    try:
        async with asyncio.timeout(seconds):
            head = await reader.readuntil(b"\r\n")
    except TimeoutError:
        return None
    except (asyncio.IncompleteReadError, ConnectionError):
        return "cut off"
    return head.split()[1].decode()


async def _many(
    url: str,
    connections: int,
    seconds: float,
    one: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[str]],
) -> Ended:
    address = URL(url)
    if address.host != "127.0.0.1":
        raise ValueError("only against loopback")

    async def attempt() -> str:
        reader, writer = await asyncio.open_connection(address.host, address.port)
        try:
            async with asyncio.timeout(seconds):
                return await one(reader, writer)
        except TimeoutError:
            return "left alone"
        except ConnectionError:
            return "cut off"
        finally:
            writer.transport.abort()

    return Counter(await asyncio.gather(*(attempt() for _ in range(connections))))
