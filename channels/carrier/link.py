"""One connection to a gateway: a window of unanswered requests, answers by sequence number, keep-alive.

Rule protected: a request that was written and not answered is *unknown*, never failed. What was not written
yet is certainly not sent. An answer nobody waits for changes nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, cast

from channels.carrier.frame import BadFrame, Frame, Framer
from channels.errors import ChannelError

log = logging.getLogger(__name__)

_TICK_SECONDS = 1.0


class NotSent(ChannelError):
    """The connection was gone before anything of the request was written."""


class NoAnswer(ChannelError):
    """Written with this sequence number, and not answered: in time, or before the connection ended."""

    def __init__(self, reason: str, sequence: int) -> None:
        super().__init__(reason)
        self.sequence = sequence


class Wire(Protocol):
    """What a connection must know of its protocol."""

    def framer(self) -> Framer:
        """A new one for each connection."""

    def is_answer(self, frame: Frame) -> bool:
        """Whether a frame answers one of ours."""

    def sequence(self, counter: int) -> int:
        """The number of a request, from one that counts up on each connection."""

    def keep_alive(self, sequence: int) -> bytes:
        """A frame that asks whether the other side is there, b"" where a protocol has none."""


@dataclass(frozen=True, slots=True)
class LinkLimits:
    """window: requests that may be unanswered at once. answer_seconds: how long each is waited for.
    idle_seconds: silence after which the other side is asked whether it is there. silences: how often it may
    keep silent before the connection is given up."""

    window: int = 16
    answer_seconds: float = 20.0
    idle_seconds: float = 30.0
    silences: int = 3


class Link(asyncio.Protocol):
    """Made by `loop.create_connection`; one writer, because everything is written on the event loop."""

    def __init__(self, wire: Wire, limits: LinkLimits, heard: Callable[[Link, Frame], None]) -> None:
        """heard: takes every request of the other side."""
        self._wire = wire
        self._framer = wire.framer()
        self._limits = limits
        self._heard = heard
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._asked: dict[int, tuple[asyncio.Future[Frame], float]] = {}
        """The answer to each request, and until when it is waited for."""
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._leaving: list[bytes] = []
        self._free = limits.window
        self._together = max(1, limits.window // 2)
        # Not from 1: a gateway may remember the numbers of the connection before.
        self._sequence = int(self._loop.time() * 1000) & 0x7FFFFFFF
        self._last_heard = self._loop.time()
        self._silences = 0
        self._ticking: asyncio.TimerHandle | None = None
        self.closed: asyncio.Future[str] = self._loop.create_future()
        """Done when the connection is gone, with the reason in one word."""

    @property
    def load(self) -> int:
        """Requests on their way and those that wait for the window."""
        return len(self._asked) + len(self._waiting)

    @property
    def idle_seconds(self) -> float:
        """How long nothing came and nothing waits, 0 while something does."""
        return 0.0 if self.load else self._loop.time() - self._last_heard

    def next_sequence(self) -> int:
        """Counts 1 to 2^31 - 1, then again."""
        self._sequence = self._sequence % 0x7FFFFFFF + 1
        return self._wire.sequence(self._sequence)

    async def ask(self, make: Callable[[int], bytes]) -> Frame:
        """The answer to one request. make: its bytes with this sequence number, made when it is its turn.

        Raises `NotSent` or `NoAnswer`.
        """
        if self._free:
            self._free -= 1
        else:
            turn: asyncio.Future[None] = self._loop.create_future()
            self._waiting.append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled() and turn.exception() is None:
                    self._release()
                raise
        if self._transport is None or self._transport.is_closing():
            self._release()
            raise NotSent("connection closed")
        sequence = self.next_sequence()
        answer: asyncio.Future[Frame] = self._loop.create_future()
        self._asked[sequence] = answer, self._loop.time() + self._limits.answer_seconds
        self._write(make(sequence))
        try:
            return await answer
        finally:
            self._asked.pop(sequence, None)
            self._release()

    async def settled(self) -> None:
        """Returns when no request waits for its turn or for its answer."""
        while True:
            asked: list[asyncio.Future[Any]] = [answer for answer, _ in self._asked.values()]
            still = [one for one in (*asked, *self._waiting) if not one.done()]
            if not still:
                return
            await asyncio.wait(still)

    def tell(self, frame: bytes) -> None:
        """Writes what is no request: an answer to the other side."""
        if frame and self._transport is not None and not self._transport.is_closing():
            self._write(frame)

    def close(self, reason: str) -> None:
        """Ends the connection now; who waits is told so."""
        if not self.closed.done():
            self.closed.set_result(reason)
        if self._transport is not None:
            self._transport.abort()
        self._give_up()

    def end(self, reason: str) -> None:
        """Ends the connection when everything written has left."""
        if not self.closed.done():
            self.closed.set_result(reason)
        if self._transport is not None:
            self._flush()
            self._transport.close()

    # --- asyncio.Protocol ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._ticking = self._loop.call_later(_TICK_SECONDS, self._tick)

    def data_received(self, data: bytes) -> None:
        self._last_heard, self._silences = self._loop.time(), 0
        try:
            frames = self._framer.feed(data)
        except BadFrame:
            self.close("bad-frame")
            return
        for frame in frames:
            if not self._wire.is_answer(frame):
                self._heard(self, frame)
                continue
            asked = self._asked.pop(frame.sequence, None)
            if asked is None:
                log.info("carrier.answer_unasked")
            elif not asked[0].done():
                asked[0].set_result(frame)

    def connection_lost(self, problem: Exception | None) -> None:
        self.close("lost" if problem else "closed-by-peer")

    # --- within ---

    def _write(self, frame: bytes) -> None:
        """What is written in one turn of the event loop leaves together: a system call costs more than
        everything else about a message. Not more than half a window: the gateway works on it meanwhile."""
        if not self._leaving:
            self._loop.call_soon(self._flush)
        self._leaving.append(frame)
        if len(self._leaving) >= self._together:
            self._flush()

    def _flush(self) -> None:
        frames, self._leaving = self._leaving, []
        if frames and self._transport is not None and not self._transport.is_closing():
            self._transport.write(b"".join(frames))

    def _release(self) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1

    def _tick(self) -> None:
        now = self._loop.time()
        late = [(sequence, answer) for sequence, (answer, ends_at) in self._asked.items() if ends_at <= now]
        for sequence, answer in late:
            if not answer.done():
                answer.set_exception(NoAnswer("no answer in time", sequence))
        if late and now - self._last_heard >= self._limits.answer_seconds:
            # Nothing at all came since: more sent over it would only be in doubt too.
            self.close("no-answers")
            return
        if now - self._last_heard >= self._limits.idle_seconds * (self._silences + 1):
            asking = self._wire.keep_alive(self.next_sequence())
            self._silences += 1 if asking else 0
            if self._silences > self._limits.silences:
                self.close("silent")
                return
            self.tell(asking)
        self._ticking = self._loop.call_later(_TICK_SECONDS, self._tick)

    def _give_up(self) -> None:
        if self._ticking is not None:
            self._ticking.cancel()
        for sequence, (answer, _) in list(self._asked.items()):
            if not answer.done():
                answer.set_exception(NoAnswer("connection lost", sequence))
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_exception(NotSent("connection lost"))
