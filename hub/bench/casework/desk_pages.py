"""Handlers with open pages, a process of its own: each page shows the list and a case, and hears the stream.

A change is sent as a browser or a carrier sends it, and its time is taken at every page that has to hear of
it: a case handed to somebody else as a changed row, a citizen's first text as a higher number of open cases.
The page whose case was changed fetches it anew, as js/desk.js does.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any
from urllib.parse import urlencode

from hub.bench.child import commands, tell
from hub.bench.texts import webhook

_AT_ONCE = 16
_LAST_SECONDS = 3.0
_held: list[asyncio.StreamWriter] = []
"""A connection whose writer nobody holds is closed."""


@dataclass
class Heard:
    """What arrived. first: open cases at the beginning; rows: when each row was changed last; sent: when new
    cases were sent, in their order; seconds: from there to a page; fetched: cases read anew."""

    first: int
    rows: dict[str, float] = field(default_factory=dict)
    sent: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    writes: int = 0
    bytes: int = 0
    fetched: int = 0


class Http:
    """One kept connection that asks one thing at a time."""

    def __init__(self, port: int, cookie: str = "") -> None:
        self._port = port
        self._cookie = cookie
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._lock = asyncio.Lock()

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        async with self._lock:
            if self._streams is None:
                self._streams = await asyncio.open_connection("127.0.0.1", self._port)
            reader, writer = self._streams
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"(?i)content-length: (\d+)", head)
            body = await reader.readexactly(int(length[1]) if length else 0)
            return int(head[9:12]), body

    async def get(self, path: str, *more: str) -> bytes:
        status, body = await self.ask(self._head("GET", path, more))
        if status != 200:
            raise ConnectionError(f"{path}: {status}")
        return body

    async def post(self, path: str, **fields: str) -> int:
        body = urlencode(fields).encode()
        more = ("Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}")
        return (await self.ask(self._head("POST", path, more) + body))[0]

    def _head(self, verb: str, path: str, more: Sequence[str]) -> bytes:
        lines = (f"{verb} {path} HTTP/1.1", "Host: hub.example", f"Cookie: hub={self._cookie}")
        return "\r\n".join((*lines, "Sec-Fetch-Site: same-origin", *more, "\r\n")).encode()


class Page:
    """One open page."""

    def __init__(self, http: Http, case_id: str) -> None:
        self.http = http
        self.case_id = case_id
        self.rows: list[str] = []
        self.version = "0"
        self._told = 0

    async def open(self, port: int, cookie: str) -> asyncio.StreamReader:
        """Loads the list and the case; the stream once it is open."""
        html = (await self.http.get("/staff/queue")).decode()
        feed = re.search(r'data-feed="([^"]+)"', html)
        if feed is None:
            raise ConnectionError("the list says no stream")
        self.rows = rows_of(html)
        await self.fetch()
        query = feed[1].replace("&amp;", "&")
        query += f"&rows={','.join(self.rows)}&case={self.case_id}&version={self.version}"
        return await listen(port, f"/staff/desk/events?{query}", cookie)

    async def fetch(self) -> None:
        """The case as it is now."""
        html = await self.http.get(f"/staff/cases/{self.case_id}", "HX-Request: true", "HX-Target: pane-body")
        found = re.search(rb'data-version="(\d+)"', html)
        self.version = found[1].decode() if found else "0"

    async def hear(self, reader: asyncio.StreamReader, heard: Heard) -> None:
        """Takes the time of what arrives until the stream ends."""
        rest = b""
        while data := await reader.read(1 << 18):
            now = perf_counter()
            heard.writes += 1
            heard.bytes += len(data)
            *events, rest = (rest + data).split(b"\n\n")
            for event in events:
                name, _, text = event.partition(b"event: ")[2].partition(b"\ndata: ")
                if name == b"row":
                    at = heard.rows.get(json.loads(text)["id"])
                    if at is not None:
                        heard.seconds.append(now - at)
                elif name == b"counts":
                    new = json.loads(text)["all"] - heard.first
                    heard.seconds += [now - at for at in heard.sent[self._told : new]]
                    self._told = max(self._told, new)
                elif name == b"case":
                    heard.fetched += 1
                    await self.fetch()


def rows_of(html: str) -> list[str]:
    """Ids of the cases in a list."""
    return re.findall(r'data-row data-case="([^"]+)"', html)


async def listen(port: int, path: str, cookie: str) -> asyncio.StreamReader:
    """An open event stream behind its headers."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    _held.append(writer)
    lines = ("Host: hub.example", "Accept: text/event-stream", f"Cookie: hub={cookie}")
    writer.write("\r\n".join((f"GET {path} HTTP/1.1", *lines, "\r\n")).encode())
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200 "):
        raise ConnectionError("the stream was refused")
    await reader.readuntil(b"retry:")
    return reader


async def change(
    number: int, heard: Heard, pages: Sequence[Page], handlers: Sequence[Any], carrier: Http
) -> None:
    """One change: by turns a case handed on, and a citizen's text."""
    if number % 2:
        heard.sent.append(perf_counter())
        await carrier.ask(webhook(number + 10_000_000))
        return
    turn, listed = number // 2, min(len(pages), len(pages[0].rows))
    page = pages[turn % listed]
    to, _, _ = handlers[(turn + turn // listed) % len(handlers)]  # another one each time, so that it is seen
    for _ in range(5):
        heard.rows[page.case_id] = perf_counter()
        status = await page.http.post(
            f"/staff/cases/{page.case_id}/assign",
            csrf=handlers[pages.index(page)][2],
            version=page.version,
            handler_id=to,
        )
        if status == 303:
            return
        await page.fetch()  # the machine is so busy that the page does not know the last change yet
    raise ConnectionError(f"assign: {status}")


async def play(port: int, handlers: Sequence[Any], cases: Sequence[str], command: dict[str, Any]) -> None:
    """`{"pages", "rate", "seconds", "open"}` → times of changes at the pages."""
    count = command["pages"]
    listed = rows_of((await Http(port, handlers[0][1]).get("/staff/queue")).decode())
    opened = [*listed, *(id for id in cases if id not in listed)]  # what is changed stands in every list
    pages = [Page(Http(port, handlers[n][1]), opened[n % len(opened)]) for n in range(count)]
    readers: list[asyncio.StreamReader] = []
    for first in range(0, count, _AT_ONCE):
        some = range(first, min(first + _AT_ONCE, count))
        readers += await asyncio.gather(*(pages[n].open(port, handlers[n][1]) for n in some))
    heard = Heard(command["open"])
    ears = [asyncio.create_task(page.hear(r, heard)) for page, r in zip(pages, readers, strict=True)]
    await asyncio.sleep(1.0)
    heard.writes = heard.bytes = 0
    tell(ready=True)
    carrier, began, changes = Http(port), perf_counter(), set()
    carriers = [carrier, Http(port), Http(port), Http(port)]
    for number in range(int(command["rate"] * command["seconds"])):
        await asyncio.sleep(max(0.0, began + number / command["rate"] - perf_counter()))
        changes.add(
            asyncio.create_task(change(number, heard, pages, handlers, carriers[number // 2 % len(carriers)]))
        )
    await asyncio.gather(*changes)
    seconds = perf_counter() - began
    wanted = len(changes) * count
    for _ in range(int(_LAST_SECONDS / 0.1)):
        if len(heard.seconds) >= wanted:
            break
        await asyncio.sleep(0.1)
    for ear in ears:
        ear.cancel()
    tell(
        seconds=seconds,
        heard=len(heard.seconds),
        wanted=wanted,
        **_milliseconds(heard.seconds),
        writes=heard.writes / count,
        bytes=heard.bytes / max(1, heard.writes),
        fetched=heard.fetched,
    )


def _milliseconds(seconds: list[float]) -> dict[str, float]:
    times = sorted(seconds) or [0.0]
    return {"p50_ms": times[len(times) // 2] * 1000, "p99_ms": times[len(times) * 99 // 100] * 1000}


async def hold(port: int, count: int, times: list[float]) -> list[asyncio.Task[None]]:
    """Holds so many streams of the floor; times: gets the seconds from a round being written to a page."""
    readers = [await listen(port, "/staff/desk/events", "") for _ in range(count)]

    async def read(reader: asyncio.StreamReader) -> None:
        while data := await reader.read(1 << 18):
            now = perf_counter()
            times.extend(now - float(at) for at in re.findall(rb"data: ([0-9.]+) ", data))

    return [asyncio.create_task(read(reader)) for reader in readers]


async def main() -> None:
    """See `play` and `hold`."""
    ears: list[asyncio.Task[None]] = []
    times: list[float] = []
    tell(ready=True)
    async for command in commands():
        if "floor" in command:
            ears += await hold(command["port"], command["pages"], times)
            tell(open=len(ears))
        elif "times" in command:
            tell(**_milliseconds(times))
        else:
            await play(command["port"], command["handlers"], command["cases"], command)


if __name__ == "__main__":
    asyncio.run(main())
