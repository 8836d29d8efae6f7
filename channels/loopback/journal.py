"""What the simulated carrier took, in memory and, if asked, in a file that survives a kill.

Rule protected: a line is flushed before the sender gets its answer, so that after `kill -9` the
file says what was really delivered, and how often each delivery was.
"""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TextIO


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A text the carrier took. delivery_id, attempt: from the status callback, "" and 0 without.

    part_sids: one id for each part where parts are reported by themselves, the first is `sid`.
    """

    sid: str
    sender: str
    recipient: str
    text: str
    delivery_id: str
    attempt: int
    status_callback: str
    taken_at: int
    part_sids: tuple[str, ...] = ()


class Journal:
    """Keeps the newest `keep` messages and counts every delivery id."""

    def __init__(self, *, path: Path | None = None, keep: int = 10_000) -> None:
        self._newest: deque[SentMessage] = deque(maxlen=keep)
        self._seen: Counter[str] = Counter()
        self._file: TextIO | None = None
        self._path = path

    def open(self) -> None:
        """Read what an earlier run wrote and go on behind it."""
        if self._path is None:
            return
        if self._path.exists():
            with self._path.open(encoding="utf-8") as lines:
                for line in lines:
                    self._remember(line)
        self._file = self._path.open("a", encoding="utf-8")

    def _remember(self, line: str) -> None:
        try:
            message = SentMessage(**json.loads(line))
        except (ValueError, TypeError):
            return  # the line a kill cut short was never acknowledged
        self._newest.append(message)
        self._seen[message.delivery_id] += 1

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def add(self, message: SentMessage) -> None:
        """Take `message` down; on the file when this returns."""
        if self._file is not None:
            self._file.write(json.dumps(asdict(message), ensure_ascii=False) + "\n")
            self._file.flush()
        self._newest.append(message)
        self._seen[message.delivery_id] += 1

    def count(self, delivery_id: str) -> None:
        """Take down that `delivery_id` came, and nothing else."""
        self._seen[delivery_id] += 1

    @property
    def messages(self) -> tuple[SentMessage, ...]:
        """The newest messages, oldest first."""
        return tuple(self._newest)

    @property
    def taken(self) -> int:
        """Messages taken in all."""
        return self._seen.total()

    @property
    def distinct(self) -> int:
        """Different delivery ids taken."""
        return len(self._seen)

    @property
    def duplicates(self) -> Mapping[str, int]:
        """Delivery ids taken more than once, and how often."""
        return {name: times for name, times in self._seen.items() if times > 1 and name}
