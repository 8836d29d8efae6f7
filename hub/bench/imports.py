"""What a department hands over, at its full size: 2,000,000 people looked at; taken for a while, killed,
taken on by the next process, canceled; 2,000,000 messages of a history counted. The hub runs all its jobs.

The goal is a size: less than 300 MB (10⁶ bytes, PSS) at any time. There is no floor.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from hub.bench.child import BenchFailed, Child, child
from hub.bench.figure import Figure
from hub.runtime.clock import SystemClock, to_local

ROWS = 2_000_000
_SMALL_ROWS = 1_000
_TAKE_SECONDS = 20.0
_LOOK_SECONDS = 0.25
_LONGEST_SECONDS = 600.0
_MB = 1_000_000
_EVERY_BAD = 33
"""3 % of the rows."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen until a state was reached. cpu: seconds of processor time, all threads. peak: bytes."""

    seconds: float
    cpu: float
    peak: int
    answer: Mapping[str, Any]


async def imports(folder: Path, *, small: bool = False) -> Sequence[Figure]:
    """Seconds, rows per second, megabytes, milliseconds."""
    rows = _SMALL_ROWS if small else ROWS
    people, history = folder / "people.csv", folder / "history.csv"
    await asyncio.to_thread(_write, people, "手机号,姓名,地区,是否同意", _people(rows))
    await asyncio.to_thread(_write, history, "发送时间,回执状态", _history(rows))
    goal = "< 300 MB"
    async with child("import_worker", str(folder)) as first:
        rest = first.pss_bytes()
        id = str((await first.ask(do="begin", kind="people", path=str(people)))["id"])
        await first.ask(do="check", id=id)
        looked = await _until(first, id, lambda now: now["state"] == "checked")
        _hold(looked.answer, checked=rows, bad=rows // _EVERY_BAD)
        await first.ask(do="start", id=id)
        until = perf_counter() + (0 if small else _TAKE_SECONDS)
        taken = await _until(first, id, lambda now: now["done"] > 0 and perf_counter() >= until)
        if small:  # no time to wait for the lease of a process that was killed
            gone_on, *counted = await _second_half(first, id, taken, history, rows)
        else:
            await first.kill()
    if not small:
        async with child("import_worker", str(folder)) as second:
            gone_on, *counted = await _second_half(second, id, taken, history, rows)
    peak = max(one.peak for one in (looked, taken, gone_on, *counted))
    return [
        _figure("people checked", rows / looked.seconds, "rows/s"),
        _figure("people checked in", looked.seconds, "s"),
        _figure("people checked, processor time", looked.cpu, "s"),
        _figure("people taken", taken.answer["done"] / taken.seconds, "rows/s"),
        _figure("people taken, processor time", taken.answer["done"] / max(taken.cpu, 0.01), "rows/s"),
        _figure("goes on behind a kill in", gone_on.seconds, "s"),
        _figure("history checked and counted in", sum(one.seconds for one in counted), "s"),
        _figure("another's commit meanwhile p99", 1000 * taken.answer["waits_p99"], "ms"),
        _figure("memory at rest", rest / _MB, "MB"),
        _figure("memory at most", peak / _MB, "MB", goal),
    ]


async def _second_half(
    worker: Child, id: str, taken: Seen, history: Path, rows: int
) -> tuple[Seen, Seen, Seen]:
    """The import goes on where it was and is canceled; the history is looked at and taken."""
    before = await worker.ask(do="state", id=id)
    gone_on = await _until(worker, id, lambda now: now["done"] > before["done"] or now["state"] == "done")
    if gone_on.answer["done"] < taken.answer["done"]:
        raise BenchFailed("rows that were taken are gone")
    if gone_on.answer["state"] != "done":
        await worker.ask(do="cancel", id=id)
    other = str((await worker.ask(do="begin", kind="history", path=str(history)))["id"])
    await worker.ask(do="check", id=other)
    looked = await _until(worker, other, lambda now: now["state"] == "checked")
    await worker.ask(do="start", id=other)
    kept = await _until(worker, other, lambda now: now["state"] == "done")
    _hold(kept.answer, done=rows)
    return gone_on, looked, kept


async def _until(worker: Child, id: str, reached: Callable[[Mapping[str, Any]], bool]) -> Seen:
    """Looks again and again until it is so. Raises `BenchFailed` when it takes too long or is refused."""
    began, cpu, peak = perf_counter(), worker.cpu_seconds(), worker.pss_bytes()
    while True:
        answer = await worker.ask(do="state", id=id)
        peak = max(peak, worker.pss_bytes())
        seconds = perf_counter() - began
        if reached(answer):
            return Seen(seconds, worker.cpu_seconds() - cpu, peak, answer)
        if answer["state"] in ("refused", "mapping") or seconds > _LONGEST_SECONDS:
            raise BenchFailed(f"the import stands at {answer}")
        await asyncio.sleep(_LOOK_SECONDS)


def _hold(answer: Mapping[str, Any], **wanted: int) -> None:
    """Raises `BenchFailed` when other numbers came out."""
    if any(answer[name] != number for name, number in wanted.items()):
        raise BenchFailed(f"the import says {answer}, not {wanted}")


def _people(rows: int) -> Iterator[str]:
    """Every twentieth stands there twice."""
    for place in range(1, rows + 1):
        of = place - place % 20 // 19
        yield "0591-8765432," if place % _EVERY_BAD == 0 else f"139{of:08},林{of},福州,是"


def _history(rows: int) -> Iterator[str]:
    month = f"{to_local(SystemClock().now_ms()):%Y-%m}"
    for place in range(rows):
        yield f"{month}-{1 + place % 28:02} 10:00:00,{'UNDELIV' if place % 10 == 0 else 'DELIVRD'}"


def _write(path: Path, heading: str, lines: Iterator[str]) -> None:
    """In GB18030, as the offices' programs write."""
    with path.open("w", encoding="gb18030", newline="") as file:
        file.write(f"{heading}\r\n")
        file.writelines(f"{line}\r\n" for line in lines)


def _figure(name: str, value: float, unit: str, goal: str = "") -> Figure:
    return Figure(f"import.{name}", value, unit, goal=goal)
