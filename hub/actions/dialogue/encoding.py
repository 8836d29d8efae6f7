"""Vectors for those who wait: encoded beside the event loop, remembered; done without when they take long.

A citizen's message never waits for a vector longer than it was told to, nor is it lost with one: what is not
there in time is looked at again by a job (`meaning_due`). Nobody waits in vain either: where so many stand
before a text that it cannot be there in time, or more comes in than the engine can do, its vector is not
waited for at all. An engine that fails is left alone for a pause that
grows, and comes back by itself; its state is told once, when it changes.
"""

from __future__ import annotations

import asyncio
import logging
import math
import os
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from hub.runtime.breaker import Breaker
from hub.runtime.clock import Clock
from knowledge_base.meaning.encoder import EncoderFailed, SentenceEncoder, Vector
from knowledge_base.meaning.sentence import sentence_of
from knowledge_base.meaning.wording_vectors import WordingVectors

log = logging.getLogger(__name__)

_REMEMBERED = 2048
_WAITING = 256
"""Texts that may wait for a thread; more of them are not taken, so that a flood holds nobody up."""
_FLOOD_SECONDS = 1.0
"""Over how long it is seen whether more comes in than can be encoded: then a queue only grows, and waiting
in it helps nobody."""
_IN_FLOOD = 0.03
"""How long anybody waits then, in seconds, whoever else asked for the same text before."""
_PATIENT = 5.0
"""Who can wait for so many seconds is a job, not a citizen."""
_NEW = 0.1
"""How much the last text counts in how long one takes."""
_FAILURES = 3
"""In a row: one text that an engine cannot encode is no reason to leave the engine alone."""
_PAUSE_SECONDS = 1
_LONGEST_PAUSE_SECONDS = 300
_ANY = "紧急求助"
_ANY_SECONDS = 60.0


class Encoding:
    """The engine of this process, or none."""

    def __init__(self, encoder: SentenceEncoder | None, clock: Clock, *, problem: str = "") -> None:
        """problem: why a configured engine does not run."""
        self._encoder = encoder
        self._problem = problem
        self._at_once = (encoder.at_once if encoder else 0) or max(1, (os.cpu_count() or 2) - 1)
        self._threads = ThreadPoolExecutor(self._at_once, thread_name_prefix="encode") if encoder else None
        self._each = 0.0  # seconds that a text takes
        self._demand, self._demand_at = 0.0, 0.0  # seconds of work that citizens brought lately
        self._known: OrderedDict[str, Vector] = OrderedDict()
        self._running: dict[str, asyncio.Future[Vector]] = {}
        self._breaker = Breaker(
            clock, failures=_FAILURES, pause_seconds=_PAUSE_SECONDS, longest_seconds=_LONGEST_PAUSE_SECONDS
        )
        self._is_well = False

    @property
    def problem(self) -> str:
        """Why there are no vectors now, "" where there are, or where none are wanted."""
        return self._problem

    @property
    def is_down(self) -> bool:
        """Whether an engine that runs here gives no vectors now; it is asked again by itself."""
        return self._breaker.is_open

    @property
    def name(self) -> str:
        """`engine/model/dimension`, "" without an engine."""
        return self._encoder.name if self._encoder else ""

    async def within(self, texts: Iterable[str], *, seconds: float) -> Mapping[str, Vector]:
        """The vectors of texts somebody asks with, by text; those that are not there in time are missing."""
        asked: dict[str, asyncio.Future[Vector]] = {}
        for text in texts:
            if (found := self._asked(text, self._at_most(seconds))) is not None:
                asked[text] = found
        waiting = [one for one in asked.values() if not one.done()]
        if waiting:
            await asyncio.wait(waiting, timeout=self._at_most(seconds))
        return {
            text: one.result()
            for text, one in asked.items()
            if one.done() and not one.cancelled() and one.exception() is None
        }

    def for_a_thread(self, *, seconds: float) -> Callable[[str], Vector | None]:
        """What a thread beside the event loop asks with, one text after the other: the vector, None for one
        that is not there when so many seconds are over, altogether."""
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + seconds

        def ask(text: str) -> Vector | None:
            left = ends_at - loop.time()
            sentence = sentence_of(text)
            if left <= 0 or not sentence or not self.name:
                return None
            asked = asyncio.run_coroutine_threadsafe(self.within([sentence], seconds=left), loop)
            try:
                return asked.result(left + 1).get(sentence)
            except TimeoutError:
                return None

        return ask

    async def passages(self, sentences: Sequence[str], *, seconds: float) -> WordingVectors | None:
        """The vectors of sentences that stand in the knowledge base, as many as are there in time; None
        without an engine. They queue with what citizens ask, few at a time, so that nobody waits for many."""
        if self._encoder is None or self._threads is None:
            return None
        made, ends_at = WordingVectors.none(self.name), asyncio.get_running_loop().time() + seconds
        for start in range(0, len(sentences), self._encoder.batch):
            if asyncio.get_running_loop().time() > ends_at or not self._breaker.allows():
                break
            some = sentences[start : start + self._encoder.batch]
            try:
                found = await asyncio.wrap_future(
                    self._threads.submit(WordingVectors.encoded, self._encoder, some)
                )
            except Exception as problem:
                self._failed(problem)
                break
            self._succeeded()
            made = made.joined(found)
        return made

    async def look(self) -> None:
        """Asks an engine that is not known to be well; for a job that is done every second."""
        if self._encoder is not None and not self._is_well:
            self._known.pop(_ANY, None)
            await self.within([_ANY], seconds=_ANY_SECONDS)

    async def close(self) -> None:
        """Ends the threads; what waits is given up."""
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)

    def _asked(self, text: str, seconds: float) -> asyncio.Future[Vector] | None:
        """The vector of a text, sooner or later; None when too many wait for it to be there in so many
        seconds."""
        loop = asyncio.get_running_loop()
        known = self._known.get(text)
        if known is not None:
            done: asyncio.Future[Vector] = loop.create_future()
            done.set_result(known)
            return done
        running = self._running.get(text)
        if running is not None:
            return running
        if self._threads is None:
            return None
        if seconds < _PATIENT:
            self._note_demand()
        if self._is_too_late(self._at_most(seconds)) or not self._breaker.allows():
            return None
        started = asyncio.wrap_future(self._threads.submit(self._encode, text))
        self._running[text] = started
        started.add_done_callback(lambda one: self._arrived(text, one))
        return started

    def _note_demand(self) -> None:
        """Counts one more text of a citizen as work for the engine, and forgets what came long ago."""
        self._demand = self._demand_now() + self._each / self._at_once
        self._demand_at = time.monotonic()

    def _demand_now(self) -> float:
        return self._demand * math.exp((self._demand_at - time.monotonic()) / _FLOOD_SECONDS)

    def _at_most(self, seconds: float) -> float:
        """For how long somebody waits who could wait for so many seconds."""
        is_flood = seconds < _PATIENT and self._demand_now() > _FLOOD_SECONDS
        return min(seconds, _IN_FLOOD) if is_flood else seconds

    def _is_too_late(self, seconds: float) -> bool:
        """Whether one more text would not be encoded in so many seconds. The first one is always tried."""
        waiting = len(self._running)
        return waiting >= _WAITING or (waiting > 0 and (waiting + 1) * self._each > seconds * self._at_once)

    def _encode(self, text: str) -> Vector:
        if self._encoder is None:
            raise EncoderFailed("none")
        began = time.monotonic()
        vector: Vector = self._encoder.encode([text])[0]
        took = time.monotonic() - began
        self._each += (took - self._each) * (_NEW if self._each else 1.0)
        return vector

    def _arrived(self, text: str, one: asyncio.Future[Vector]) -> None:
        self._running.pop(text, None)
        if one.cancelled():
            return
        problem = one.exception()
        if problem is not None:
            self._failed(problem)
            return
        self._succeeded()
        self._known[text] = one.result()
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)

    def _failed(self, problem: BaseException) -> None:
        was_down, self._is_well = self._breaker.is_open, False
        self._breaker.failed()
        if self._breaker.is_open:
            # An engine's own words never quote a text; those of anything else might.
            self._problem = str(problem) if isinstance(problem, EncoderFailed) else type(problem).__name__
        if self._breaker.is_open and not was_down:
            log.warning("encoder.failed", extra={"engine": self.name, "reason": self._problem})

    def _succeeded(self) -> None:
        if self._breaker.is_open:
            log.warning("encoder.back", extra={"engine": self.name})
        self._breaker.succeeded()
        self._is_well, self._problem = True, ""
