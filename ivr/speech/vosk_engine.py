"""The server's side of the vosk worker: starts it, asks it, starts it again when it dies or hangs.

One request at a time (a model uses one core per stream), a bounded number waiting, a time limit for each that
grows with the audio. The model lives in the other process only. A model that cannot be loaded is the
recogniser's fault, never that of the audio, and is tried again now and then: somebody may have mended it.
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

from ivr.speech.engine import EngineBusy, EngineDown, EngineLost, TranscribeFailed, Transcript, Word

WORKER = "ivr.speech.vosk_worker"
LARGEST_ANSWER_BYTES = 16 * 1024 * 1024
TRIES = 2
"""A worker that died meanwhile is replaced at once; a recording that kills two is left for later."""

AUDIO_BYTES_PER_SECOND = 16_000
"""Of telephone audio: 8 kHz, 16 bits, one channel."""


class _WorkerDied(Exception):
    """The worker went away."""


@dataclass(slots=True)
class _Worker:
    process: asyncio.subprocess.Process
    requests: asyncio.StreamWriter
    answers: asyncio.StreamReader


class VoskEngine:
    """Transcribes with a vosk model in a process of its own.

    model_path: the folder of an installed model. start_seconds: for loading it. restart_seconds: until one
    that did not load is tried again. timeout_seconds: for one recording, and `slowness` times its length
    more. waiting: how many may wait before `EngineBusy`.
    """

    def __init__(
        self,
        model_path: Path,
        *,
        start_seconds: float = 120.0,
        restart_seconds: float = 60.0,
        timeout_seconds: float = 60.0,
        slowness: float = 4.0,
        waiting: int = 8,
    ) -> None:
        self._model = model_path
        self._start_seconds = start_seconds
        self._restart_seconds = restart_seconds
        self._timeout_seconds = timeout_seconds
        self._slowness = slowness
        self._places = waiting
        self._turn = asyncio.Lock()
        self._worker: _Worker | None = None
        self._down_until: float | None = None

    @property
    def is_down(self) -> bool:
        """Whether the model did not load when it was tried last."""
        return self._down_until is not None

    @property
    def worker_pid(self) -> int | None:
        """The worker's process id, for the health page; None while it is not running."""
        return self._worker.process.pid if self._worker else None

    async def transcribe(self, wav: bytes) -> Transcript:
        """See `SpeechEngine`."""
        if self._places <= 0:
            raise EngineBusy("too many recordings are waiting")
        self._places -= 1
        try:
            async with self._turn:
                return await self._transcribe(wav)
        finally:
            self._places += 1

    async def ready(self) -> None:
        """Load the model, if it is not. Raises `EngineDown`."""
        async with self._turn:
            await self._running()

    async def close(self) -> None:
        """Stop the worker. The engine may be used again: it starts another one."""
        async with self._turn:
            await self._stop()

    async def _transcribe(self, wav: bytes) -> Transcript:
        for _ in range(TRIES):
            try:
                answer = await self._ask(wav)
            except _WorkerDied:
                continue
            if "error" in answer:
                raise TranscribeFailed(f"the audio is unusable: {answer['error']}")
            words = tuple(
                Word(word["word"], float(word["conf"]), float(word["start"]), float(word["end"]))
                for word in answer["words"]
            )
            return Transcript(words, "vosk", self._model.name)
        raise EngineLost("the recognition process died on it")

    async def _ask(self, wav: bytes) -> dict[str, Any]:
        limit_seconds = self._timeout_seconds + self._slowness * len(wav) / AUDIO_BYTES_PER_SECOND
        worker = await self._running()
        answered = False
        try:
            worker.requests.writelines((struct.pack(">I", len(wav)), wav))
            async with asyncio.timeout(limit_seconds):
                await worker.requests.drain()
                answer = await _answer(worker)
            answered = True
            return answer
        except TimeoutError as problem:
            raise EngineLost("the recognition process hung on it") from problem
        except (OSError, asyncio.IncompleteReadError, ValueError) as problem:
            raise _WorkerDied from problem
        finally:
            if not answered:  # also when we are cancelled: its answer would be taken for the next
                await self._stop()

    async def _running(self) -> _Worker:
        """The worker, started if there is none. Raises `EngineDown`."""
        if self._worker is not None and self._worker.process.returncode is None:
            return self._worker
        now = asyncio.get_running_loop().time()
        if self._down_until is not None and now < self._down_until:
            raise EngineDown("the model cannot be loaded")
        started = False
        try:
            async with asyncio.timeout(self._start_seconds):
                worker = await self._start()
            started, self._down_until = True, None
            return worker
        except (TimeoutError, OSError, asyncio.IncompleteReadError, ValueError) as problem:
            self._down_until = asyncio.get_running_loop().time() + self._restart_seconds
            raise EngineDown("the model cannot be loaded") from problem
        finally:
            if not started:
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
        await _answer(worker)
        return worker

    async def _stop(self) -> None:
        worker, self._worker = self._worker, None
        if worker is None:
            return
        with contextlib.suppress(ProcessLookupError):
            worker.process.kill()  # it holds nothing worth a farewell
        await worker.process.wait()


async def _answer(worker: _Worker) -> dict[str, Any]:
    size = struct.unpack(">I", await worker.answers.readexactly(4))[0]
    if size > LARGEST_ANSWER_BYTES:
        raise ValueError("an answer beyond all measure")
    answer = json.loads(await worker.answers.readexactly(size))
    if not isinstance(answer, dict):
        raise ValueError("an answer of another shape")
    return answer
