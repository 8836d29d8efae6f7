"""Browsers that only listen: holds open chat streams over plain sockets, as a process of its own."""

from __future__ import annotations

import asyncio

from hub.bench.child import commands, tell

_AT_ONCE = 64
_ANSWER_SECONDS = 30.0


async def listen(port: int, number: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """One stream, once its first words have arrived."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        b"GET /chat/events?after=0 HTTP/1.1\r\n"
        b"Host: hub.example\r\n"
        b"Accept: text/event-stream\r\n"
        b"Cookie: hub-chat=%032x\r\n\r\n" % number
    )
    async with asyncio.timeout(_ANSWER_SECONDS):
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200 "):
            raise ConnectionError("the stream was refused")
        await reader.readuntil(b"retry:")
    return reader, writer


async def main() -> None:
    """`{"port", "count"}` → `{"open"}`; the streams stay open until the bench ends the process."""
    held: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
    tell(ready=True)
    async for command in commands():
        count = command["count"]
        for first in range(0, count, _AT_ONCE):
            some = range(first, min(first + _AT_ONCE, count))
            held += await asyncio.gather(*(listen(command["port"], number) for number in some))
        tell(open=sum(not reader.at_eof() for reader, _ in held))


if __name__ == "__main__":
    asyncio.run(main())
