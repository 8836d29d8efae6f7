"""The server's side of the processes that read letters: starts them, asks them, ends those that hang.

Two at the most, started when the first letter comes. One letter at a time in each, with a limit on
time and memory, so that a letter made to hold its reader holds nothing else.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from channels.errors import Unreadable
from channels.mail import frame

PROCESS = "channels.mail.reading_process"
LARGEST_ANSWER_BYTES = 64 * 1024 * 1024
_ENDING_SECONDS = 1.0
_WHY = {-signal.SIGALRM: "time", frame.NO_MEMORY: "memory"}


@dataclass(slots=True)
class _Process:
    process: asyncio.subprocess.Process
    requests: asyncio.StreamWriter
    answers: asyncio.StreamReader


class ReaderPool:
    """Processes that read.

    seconds, memory_bytes: what one letter may take. start_seconds: for a new process.
    """

    def __init__(
        self,
        *,
        processes: int = 2,
        seconds: float = 5.0,
        memory_bytes: int = 256 * 1024 * 1024,
        start_seconds: float = 30.0,
    ) -> None:
        self._seconds = seconds
        self._memory_bytes = memory_bytes
        self._start_seconds = start_seconds
        self._places = asyncio.Semaphore(processes)
        self._idle: list[_Process] = []

    @property
    def idle(self) -> int:
        """How many processes wait for a letter."""
        return sum(process.process.returncode is None for process in self._idle)

    async def ask(self, request: bytes) -> tuple[Mapping[str, Any], bytes]:
        """The answer of a process. Raises `Unreadable`, or `OSError` when none can be started."""
        async with self._places:
            process = self._living() or await self._start()
            answered = False
            try:
                async with asyncio.timeout(self._seconds):
                    process.requests.write(request)
                    await process.requests.drain()
                    answer = await _answer(process)
                answered = True
                return answer
            except (TimeoutError, OSError, asyncio.IncompleteReadError, ValueError) as problem:
                raise Unreadable(await _why(process, problem)) from problem
            finally:
                if answered:
                    self._idle.append(process)
                else:  # also when we are cancelled: its answer would be taken for the next
                    await _end(process)

    def _living(self) -> _Process | None:
        """An idle process; none that was ended from outside, for which a letter would be blamed."""
        while self._idle:
            process = self._idle.pop()
            if process.process.returncode is None:
                return process
        return None

    async def close(self) -> None:
        """Ends the processes; the next letter starts another."""
        while self._idle:
            await _end(self._idle.pop())

    async def _start(self) -> _Process:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            PROCESS,
            str(self._memory_bytes),
            str(self._seconds),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for the hub: a letter must not be blamed for it
        )
        if child.stdin is None or child.stdout is None:
            raise OSError("the process has no pipes")
        process = _Process(child, child.stdin, child.stdout)
        ready = False
        try:
            async with asyncio.timeout(self._start_seconds):
                await _answer(process)
            ready = True
            return process
        except (TimeoutError, asyncio.IncompleteReadError, ValueError) as problem:
            raise OSError("the process did not start") from problem
        finally:
            if not ready:
                await _end(process)


async def _why(process: _Process, problem: Exception) -> str:
    if isinstance(problem, TimeoutError):
        return "time"
    with contextlib.suppress(TimeoutError):  # it ended by itself; to kill it first would hide how
        async with asyncio.timeout(_ENDING_SECONDS):
            return _WHY.get(await process.process.wait(), "broken")
    return "broken"


async def _answer(process: _Process) -> tuple[Mapping[str, Any], bytes]:
    facts_size, content_size = frame.HEAD.unpack(await process.answers.readexactly(frame.HEAD.size))
    if facts_size + content_size > LARGEST_ANSWER_BYTES:
        raise ValueError("an answer beyond all measure")
    facts = json.loads(await process.answers.readexactly(facts_size))
    if not isinstance(facts, dict):
        raise ValueError("an answer of another shape")
    return facts, await process.answers.readexactly(content_size)


async def _end(process: _Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.process.kill()  # it holds nothing worth a farewell
    await process.process.wait()
