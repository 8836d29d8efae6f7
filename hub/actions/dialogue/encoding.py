"""Vectors for those who wait: encoded beside the event loop, remembered; done without when they take long.

A citizen's message never waits for a vector longer than it was told to, nor is it lost with one: what is not
there in time is looked at again by a job (`meaning_due`).
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor

from knowledge_base.meaning.encoder import EncoderFailed, SentenceEncoder, Vector

log = logging.getLogger(__name__)

_REMEMBERED = 2048
_WAITING = 256
"""Texts that may wait for a thread; more of them are not taken, so that a flood holds nobody up."""


class Encoding:
    """The engine of this process, or none."""

    def __init__(self, encoder: SentenceEncoder | None, *, problem: str = "") -> None:
        """problem: why a configured engine does not run."""
        self._encoder = encoder
        self.problem = problem
        threads = max(1, (os.cpu_count() or 2) - 1)
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="encode") if encoder else None
        self._known: OrderedDict[str, Vector] = OrderedDict()
        self._running: dict[str, asyncio.Future[Vector]] = {}

    @property
    def name(self) -> str:
        """`engine/model/dimension`, "" without an engine."""
        return self._encoder.name if self._encoder else ""

    async def within(self, texts: Iterable[str], *, seconds: float) -> Mapping[str, Vector]:
        """The vectors of texts somebody asks with, by text; those that are not there in time are missing."""
        asked = {text: found for text in texts if (found := self._asked(text)) is not None}
        waiting = [one for one in asked.values() if not one.done()]
        if waiting:
            await asyncio.wait(waiting, timeout=seconds)
        return {
            text: one.result()
            for text, one in asked.items()
            if one.done() and not one.cancelled() and one.exception() is None
        }

    async def close(self) -> None:
        """Ends the threads; what waits is given up."""
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)

    def _asked(self, text: str) -> asyncio.Future[Vector] | None:
        """The vector of a text, sooner or later; None when too many wait."""
        loop = asyncio.get_running_loop()
        known = self._known.get(text)
        if known is not None:
            done: asyncio.Future[Vector] = loop.create_future()
            done.set_result(known)
            return done
        running = self._running.get(text)
        if running is not None:
            return running
        if self._threads is None or len(self._running) >= _WAITING:
            return None
        started = asyncio.wrap_future(self._threads.submit(self._encode, text))
        self._running[text] = started
        started.add_done_callback(lambda one: self._arrived(text, one))
        return started

    def _encode(self, text: str) -> Vector:
        if self._encoder is None:
            raise EncoderFailed("none")
        vector: Vector = self._encoder.encode([text])[0]
        return vector

    def _arrived(self, text: str, one: asyncio.Future[Vector]) -> None:
        self._running.pop(text, None)
        if one.cancelled():
            return
        problem = one.exception()
        if problem is not None:
            log.warning("encoder.failed", extra={"engine": self.name, "reason": type(problem).__name__})
            return
        self._known[text] = one.result()
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
