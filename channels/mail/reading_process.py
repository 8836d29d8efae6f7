"""The process that reads letters: one after the other, until its stdin ends.

Run as `python -m channels.mail.reading_process MEMORY_BYTES SECONDS`, never imported by the server. It has
a bound on its memory, and the kernel ends it when a letter takes longer than it may, also when the hub
that asked is gone. Whatever goes wrong ends it: the next letter is read by a fresh one.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from typing import BinaryIO

from channels.mail import frame
from channels.mail.parse import parse


def serve(requests: BinaryIO, answers: BinaryIO, seconds: float) -> None:
    """Answers requests; raises what reading raises."""
    _write(answers, frame.packed(frame.READY))
    while len(head := requests.read(frame.HEAD.size)) == frame.HEAD.size:
        facts_size, content_size = frame.HEAD.unpack(head)
        facts = json.loads(requests.read(facts_size))
        content = requests.read(content_size)
        signal.setitimer(signal.ITIMER_REAL, seconds)
        mail = parse(content, **frame.arguments(facts))
        signal.setitimer(signal.ITIMER_REAL, 0)
        _write(answers, frame.answer(mail))


def _write(stream: BinaryIO, message: bytes) -> None:
    stream.write(message)
    stream.flush()


def main() -> None:
    """Serve on the process's own pipes."""
    memory_bytes, seconds = int(sys.argv[1]), float(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    # Whatever a library prints to stdout must not get between the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        serve(sys.stdin.buffer, answers, seconds)
    except MemoryError:
        os._exit(frame.NO_MEMORY)  # at once: to end in good order takes memory too


if __name__ == "__main__":
    main()
