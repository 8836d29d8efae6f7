"""The load generator: keeps so many requests in flight over plain sockets and counts the answers.

The requests are made, and signed, before the clock starts. It speaks just enough HTTP/1.1 to be
several times cheaper than the servers it drives. Run as a process: see `main`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from time import perf_counter

from hub.bench.child import commands, tell
from hub.bench.texts import webhook

_HEAD_END = b"\r\n\r\n"
_LENGTH = b"content-length:"


@dataclass(slots=True)
class Run:
    """One measured run. latencies: seconds, one per answer. failed: answers that were no 2xx."""

    requests: Iterator[bytes]
    latencies: list[float] = field(default_factory=list)
    failed: int = 0


class _Connection(asyncio.Protocol):
    """One request at a time, the next as soon as the answer is whole."""

    def __init__(self, run: Run, done: asyncio.Future[None]) -> None:
        self._run = run
        self._done = done
        self._transport: asyncio.Transport | None = None
        self._answer = b""
        self._sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self._transport = transport
            self._next()

    def _next(self) -> None:
        request = next(self._run.requests, None)
        if self._transport is None:
            return
        if request is None:
            self._transport.close()
            return
        self._sent_at = perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._answer += data
        end = self._answer.find(_HEAD_END)
        if end < 0:
            return
        head = self._answer[:end].lower()
        at = head.find(_LENGTH)
        length = int(head[at + len(_LENGTH) :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(self._answer) < end + len(_HEAD_END) + length:
            return
        self._run.latencies.append(perf_counter() - self._sent_at)
        self._run.failed += self._answer[9:10] != b"2"
        self._answer = b""
        self._next()

    def connection_lost(self, problem: Exception | None) -> None:
        if not self._done.done():
            self._done.set_result(None)


async def drive(port: int, requests: Iterable[bytes], *, in_flight: int) -> tuple[Run, float]:
    """Sends every request once; the run and how many seconds it took."""
    loop = asyncio.get_running_loop()
    run = Run(iter(requests))
    ends = [loop.create_future() for _ in range(in_flight)]
    began = perf_counter()
    await asyncio.gather(
        *(
            loop.create_connection(lambda end=end: _Connection(run, end), "127.0.0.1", port)  # type: ignore[misc]
            for end in ends
        )
    )
    await asyncio.gather(*ends)
    return run, perf_counter() - began


async def main() -> None:
    """`{"port", "first", "count", "in_flight"}` → `{"seconds", "answers", "failed", "p50_ms", "p99_ms"}`.
    With `texts` these are sent instead of the citizens' own."""
    tell(ready=True)
    async for command in commands():
        first, count = command["first"], command["count"]
        texts = command.get("texts") or [""] * count
        requests = [webhook(number, text) for number, text in enumerate(texts, first)]
        run, seconds = await drive(command["port"], requests, in_flight=command["in_flight"])
        times = sorted(run.latencies) or [0.0]
        tell(
            seconds=seconds,
            answers=len(run.latencies),
            failed=run.failed,
            p50_ms=times[len(times) // 2] * 1000,
            p99_ms=times[len(times) * 99 // 100] * 1000,
        )


if __name__ == "__main__":
    asyncio.run(main())
