"""Memory of a serving hub: at rest and with 2,000 open chat streams, by words alone; with the shipped
encoder at rest and after questions and long texts.

The proportional size (PSS) of all its processes counts: what they share counts once. The streams are held by
a process of their own; each belongs to another browser. There is no floor: the goals are sizes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import Path

from hub.bench.child import BenchFailed, child
from hub.bench.figure import Figure
from knowledge_base.files.importer import shipped

STREAMS = 2000
QUESTIONS = 1000
LONG_TEXTS = 100
LONG_CHARS = 500
_IN_FLIGHT = 4
_SETTLE_SECONDS = 2.0
_MB = 1_000_000
_NOBODY = "http://127.0.0.1:9"


async def memory(folder: Path, *, small: bool = False) -> Sequence[Figure]:
    """Megabytes (10⁶ bytes)."""
    return [
        *await _by_words(_made(folder / "words"), small=small),
        *await _by_meaning(_made(folder / "meaning"), small=small),
    ]


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


async def _by_words(folder: Path, *, small: bool) -> Sequence[Figure]:
    wanted, settle = (20, 0.1) if small else (STREAMS, _SETTLE_SECONDS)
    async with (
        child("intake_server", "hub", str(folder), _NOBODY, "none") as server,
        child("streams") as browsers,
    ):
        await asyncio.sleep(settle)
        idle = server.pss_bytes()
        answer = await browsers.ask(port=server.ready["port"], count=wanted)
        if answer["open"] != wanted:
            raise BenchFailed(f"memory: only {answer['open']} of {wanted} streams are open")
        await asyncio.sleep(settle)
        busy = server.pss_bytes()
    return (
        Figure("memory.idle", idle / _MB, "MB", goal="< 150"),
        Figure("memory.streams", busy / _MB, "MB", goal=f"< 250 with {wanted:,} streams"),
        Figure("memory.per_stream", (busy - idle) / wanted / 1000, "kB"),
    )


async def _by_meaning(folder: Path, *, small: bool) -> Sequence[Figure]:
    settle = 0.1 if small else _SETTLE_SECONDS
    texts = _texts(*((10, 2) if small else (QUESTIONS, LONG_TEXTS)))
    async with child("intake_server", "hub", str(folder), _NOBODY) as server, child("load") as citizens:
        await asyncio.sleep(settle)
        idle = server.pss_bytes()
        answer = await citizens.ask(
            port=server.ready["port"], first=0, count=len(texts), in_flight=_IN_FLIGHT, texts=texts
        )
        if answer["failed"] or answer["answers"] != len(texts):
            raise BenchFailed(f"memory: {answer} of {len(texts)} texts")
        await asyncio.sleep(settle)
        asked = server.pss_bytes()
    return (
        Figure("memory.encoder.idle", idle / _MB, "MB"),
        Figure("memory.encoder.asked", asked / _MB, "MB", goal="< 235"),
    )


def _texts(questions: int, long: int) -> list[str]:
    """Questions as they are tested, and long texts made of answers; nothing comes twice at these numbers."""
    entries = shipped()
    tests = [text for entry in entries for text in entry.tests]
    answers = "".join(entry.answer for entry in entries)
    return [
        *islice(cycle(tests), questions),
        *(answers[start : start + LONG_CHARS] for start in range(0, long * LONG_CHARS, LONG_CHARS)),
    ]
