"""Heads written out of the store: a file a day, a line a link. Whoever changes the store has to change these
files too, and the copies of them that lie elsewhere.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from hub.model.head import Head


def append(folder: Path, day: date, head: Head) -> None:
    """Adds a link's number, instant and mark; durable when it returns. In a thread."""
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    line = json.dumps({"seq": head.seq, "at": head.at, "mark": head.mark}) + "\n"
    handle = os.open(folder / f"{day:%Y-%m-%d}.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
    try:
        os.write(handle, line.encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def missing(folder: Path, marks: dict[int, str]) -> Iterator[str]:
    """What was written out and is not in the store (link number → mark), a line a file. In a thread."""
    for path in sorted(folder.glob("*.jsonl")):
        gone = [seq for seq, mark in _lines(path) if marks.get(seq) != mark]
        if gone:
            yield f"{path.name}: head {gone[0]} is not in the store as it was written out ({len(gone)} lines)"


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    for line in path.read_text().splitlines():
        try:
            read = json.loads(line)
            yield int(read["seq"]), str(read["mark"])
        except (ValueError, TypeError, KeyError):
            continue  # the machine died while it was written
