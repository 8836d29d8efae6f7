"""Processes of a bench: started, asked by lines of JSON, measured from outside, ended by their id.

A load generator that shared the server's event loop would measure itself; so servers and generators
are processes of their own, and the bench only tells them when to start.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

_STARTS_SECONDS = 60.0
_ANSWERS_SECONDS = 300.0
_STOPS_SECONDS = 20.0


class BenchFailed(Exception):
    """A bench could not be run, or what it measured was not the promised work."""


class Child:
    """A process that runs one module of this package."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.ready: Mapping[str, Any] = {}

    async def ask(self, **command: Any) -> Mapping[str, Any]:
        """One command, one answer. Raises `BenchFailed` when there is none."""
        if self._process.stdin is None:
            raise BenchFailed("the process takes no commands")
        self._process.stdin.write(json.dumps(command).encode() + b"\n")
        await self._process.stdin.drain()
        return await self.answer(_ANSWERS_SECONDS)

    async def answer(self, seconds: float) -> Mapping[str, Any]:
        """The next line the process says."""
        if self._process.stdout is None:
            raise BenchFailed("the process says nothing")
        try:
            async with asyncio.timeout(seconds):
                line = await self._process.stdout.readline()
        except TimeoutError:
            raise BenchFailed(f"a process of the bench said nothing for {seconds:.0f} s") from None
        if not line:
            raise BenchFailed("a process of the bench ended too early; its error stands above")
        answer: Mapping[str, Any] = json.loads(line)
        return answer

    def cpu_seconds(self) -> float:
        """Processor time used so far, all threads (Linux; 0 elsewhere)."""
        fields = self._proc("stat").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") if fields else 0.0

    def rss_bytes(self) -> int:
        """Resident memory (Linux; 0 elsewhere)."""
        fields = self._proc("statm").split()
        return int(fields[1]) * os.sysconf("SC_PAGE_SIZE") if fields else 0

    def pss_bytes(self) -> int:
        """Resident memory of the process and all it started; what is shared counts by shares (Linux; 0
        elsewhere)."""
        return sum(map(_pss_bytes, _family(self._process.pid)))

    def open_files(self) -> int:
        """Files and connections that are open (Linux; 0 elsewhere)."""
        with contextlib.suppress(OSError):
            return len(os.listdir(f"/proc/{self._process.pid}/fd"))
        return 0

    async def kill(self) -> None:
        """`kill -9`: no warning, no goodbye."""
        self._process.kill()
        await self._process.wait()

    def _proc(self, name: str) -> str:
        try:
            return Path(f"/proc/{self._process.pid}/{name}").read_text()
        except OSError:
            return ""

    async def stop(self) -> None:
        """Ends the process: asked first, then told, then killed."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        for end in (self._process.terminate, self._process.kill):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_STOPS_SECONDS):
                    await self._process.wait()
                return
            with contextlib.suppress(ProcessLookupError):
                end()
        await self._process.wait()


def _family(pid: int) -> list[int]:
    """A process and its descendants."""
    found = [pid]
    for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for one in tasks.read_text().split():
                found += _family(int(one))
    return found


def _pss_bytes(pid: int) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


@asynccontextmanager
async def child(module: str, *arguments: str) -> AsyncIterator[Child]:
    """`python -m hub.bench.<module>` for as long as the block runs; it has said that it is ready."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        f"hub.bench.{module}",
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    one = Child(process)
    try:
        one.ready = await one.answer(_STARTS_SECONDS)
        yield one
    finally:
        await one.stop()


# --- in the process itself --------------------------------------------------------------------


def tell(**message: Any) -> None:
    """Says one line to the bench."""
    print(json.dumps(message), flush=True)


async def commands() -> AsyncIterator[dict[str, Any]]:
    """What the bench asks for, until it closes the pipe."""
    while line := await asyncio.to_thread(sys.stdin.readline):
        yield json.loads(line)
