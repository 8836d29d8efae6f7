"""The server's side of the vosk worker: starts it, asks it, starts it again when it dies or hangs.

One request at a time (a model uses one core per stream), a bounded number waiting, a time limit
for each. The model lives in the other process only.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import struct
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ivr.speech.engine import EngineBusy, TranscribeFailed, Transcript, Word

WORKER = "ivr.speech.vosk_worker"
LARGEST_ANSWER_BYTES = 16 * 1024 * 1024
TRIES = 2
"""A recording that kills the worker twice is not tried a third time."""


class _WorkerDied(Exception):
    """The worker went away or did not answer in time."""


@dataclass(slots=True)
class _Worker:
    process: asyncio.subprocess.Process
    requests: asyncio.StreamWriter
    answers: asyncio.StreamReader


class VoskEngine:
    """Transcribes with a vosk model in a process of its own.

    model_path: the folder of an installed model. start_seconds: for loading it. timeout_seconds:
    for one recording. waiting: how many may wait before `EngineBusy`.
    """

    def __init__(
        self,
        model_path: Path,
        *,
        start_seconds: float = 120.0,
        timeout_seconds: float = 900.0,
        waiting: int = 8,
    ) -> None:
        self._model = model_path
        self._start_seconds = start_seconds
        self._timeout_seconds = timeout_seconds
        self._places = waiting
        self._turn = asyncio.Lock()
        self._worker: _Worker | None = None

    @property
    def worker_pid(self) -> int | None:
        """The worker's process id, for the health page; None while it is not running."""
        return self._worker.process.pid if self._worker else None

    async def transcribe(self, wav_path: Path) -> Transcript:
        """The words of a WAV file. Raises `TranscribeFailed`, `EngineBusy`."""
        if self._places <= 0:
            raise EngineBusy("too many recordings are waiting")
        self._places -= 1
        try:
            async with self._turn:
                return await self._transcribe(wav_path)
        finally:
            self._places += 1

    async def close(self) -> None:
        """Stop the worker. The engine may be used again: it starts another one."""
        async with self._turn:
            await self._stop()

    async def _transcribe(self, wav_path: Path) -> Transcript:
        for _ in range(TRIES):
            try:
                answer = await self._ask({"wav": str(wav_path)})
            except _WorkerDied:
                continue
            if "error" in answer:
                raise TranscribeFailed(f"the audio is unusable: {answer['error']}")
            words = tuple(
                Word(word["word"], float(word["conf"]), float(word["start"]), float(word["end"]))
                for word in answer["words"]
            )
            return Transcript(words, "vosk", self._model.name)
        raise TranscribeFailed("the recognition process died on it")

    async def _ask(self, request: dict[str, str]) -> dict[str, Any]:
        answered = False
        try:
            worker = self._worker or await self._start()
            body = json.dumps(request).encode()
            worker.requests.write(struct.pack(">I", len(body)) + body)
            await worker.requests.drain()
            answer = await _answer(worker, self._timeout_seconds)
            answered = True
            return answer
        except (TimeoutError, OSError, asyncio.IncompleteReadError, ValueError) as problem:
            raise _WorkerDied from problem
        finally:
            if not answered:  # also when we are cancelled: its answer would be taken for the next
                await self._stop()

    async def _start(self) -> _Worker:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            WORKER,
            str(self._model),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        if process.stdin is None or process.stdout is None:
            raise OSError("the worker has no pipes")
        worker = _Worker(process, process.stdin, process.stdout)
        self._worker = worker
        await _answer(worker, self._start_seconds)
        return worker

    async def _stop(self) -> None:
        worker, self._worker = self._worker, None
        if worker is None:
            return
        with contextlib.suppress(ProcessLookupError):
            worker.process.kill()  # it holds nothing worth a farewell
        await worker.process.wait()


async def _answer(worker: _Worker, timeout_seconds: float) -> dict[str, Any]:
    async with asyncio.timeout(timeout_seconds):
        size = struct.unpack(">I", await worker.answers.readexactly(4))[0]
        if size > LARGEST_ANSWER_BYTES:
            raise ValueError("an answer beyond all measure")
        answer = json.loads(await worker.answers.readexactly(size))
    if not isinstance(answer, dict):
        raise ValueError("an answer of another shape")
    return answer
