"""Server-sent events: the one place that writes them (WHATWG HTML, section 9.2).

A stream is opened once, told what happened, and pinged while nothing does, because proxies give up on a
silent connection after a minute or so. What is sent and when is the business of the page.
"""

from __future__ import annotations

from aiohttp import web

_HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",
}


class EventStream:
    """The answer to one EventSource. Every method may raise `ConnectionResetError`: the page was closed."""

    def __init__(self) -> None:
        self.response = web.StreamResponse(headers=_HEADERS)

    async def open(self, request: web.Request, *, retry_ms: int) -> None:
        """Sends the headers and how long the browser waits before it comes back."""
        await self.response.prepare(request)
        await self.response.write(f"retry: {retry_ms}\n\n".encode())

    async def send(self, name: str, text: str, *, id: int | None = None) -> None:
        """One event. id: what the browser says as `Last-Event-ID` when it comes back."""
        await self.response.write(as_event(name, text, id=id))

    async def ping(self) -> None:
        """A comment, which no page hears."""
        await self.response.write(b": ping\n\n")


def as_event(name: str, text: str, *, id: int | None = None) -> bytes:
    """One event on the wire; every line of the text on a `data:` line of its own."""
    number = "" if id is None else f"id: {id}\n"
    data = "".join(f"data: {line}\n" for line in text.splitlines() or [""])
    return f"{number}event: {name}\n{data}\n".encode()
