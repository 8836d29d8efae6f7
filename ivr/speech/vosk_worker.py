"""The process that holds a vosk model: the only module that imports vosk.

Run as `python -m ivr.speech.vosk_worker MODEL_FOLDER`, never imported by the server: a model takes
from 300 MB to 16 GB and the library can abort the process. A request is a WAV file, an answer is
JSON, each behind a four-byte length, on stdin and stdout: what was said lies on no disk but sealed.
Traps of vosk 0.3.45 it steps round: a grammar is never passed (an empty one crashes), 8 kHz audio is
doubled when the model wants 16 kHz, a model path is always given (without one the library asks the
internet).
"""

from __future__ import annotations

import json
import os
import re
import struct
import sys
from pathlib import Path
from typing import Any, BinaryIO

import vosk

from ivr.evidence.wav import BadAudio
from ivr.speech.pcm import read_mono

DEFAULT_MODEL_RATE = 16_000
CHUNK_SECONDS = 0.2
"""Decoding runs in steps of 0.2 s; smaller pieces only cost calls."""


def model_rate(model: Path) -> int:
    """The sampling rate a model was trained on, from its own configuration."""
    configuration = model / "conf" / "mfcc.conf"
    if configuration.is_file():
        found = re.search(r"--sample-frequency=(\d+)", configuration.read_text())
        if found:
            return int(found[1])
    return DEFAULT_MODEL_RATE


def recognise(model: vosk.Model, wav: bytes, at_least: int) -> list[dict[str, Any]]:
    """Words as vosk gives them: word, conf, start, end. Raises `BadAudio`."""
    samples, rate = read_mono(wav, at_least)
    recogniser = vosk.KaldiRecognizer(model, rate)
    recogniser.SetWords(True)
    chunk_bytes = int(rate * CHUNK_SECONDS) * 2
    words: list[dict[str, Any]] = []
    for start in range(0, len(samples), chunk_bytes):
        if recogniser.AcceptWaveform(samples[start : start + chunk_bytes]):
            words.extend(json.loads(recogniser.Result()).get("result", []))
    words.extend(json.loads(recogniser.FinalResult()).get("result", []))
    return words


def serve(model_path: Path, requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer requests until stdin ends."""
    vosk.SetLogLevel(-1)
    model = vosk.Model(model_path=str(model_path))
    rate = model_rate(model_path)
    _write(answers, {"ready": True})
    while (request := _read(requests)) is not None:
        try:
            answer: dict[str, object] = {"words": recognise(model, request, rate)}
        except BadAudio as problem:
            answer = {"error": type(problem).__name__}
        _write(answers, answer)


def _read(stream: BinaryIO) -> bytes | None:
    head = stream.read(4)
    if len(head) < 4:
        return None
    return stream.read(struct.unpack(">I", head)[0])


def _write(stream: BinaryIO, message: object) -> None:
    body = json.dumps(message).encode()
    stream.write(struct.pack(">I", len(body)) + body)
    stream.flush()


def main() -> None:
    """Serve on the process's own pipes."""
    # Whatever the library prints to stdout must not get between the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(Path(sys.argv[1]), sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
