"""What the hub asked last on a conversation or a call and waits to hear: which of some questions was meant,
or the value an answer depends on. At most one thing is open, and not for ever."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dialogue:
    """offered: entries behind the numbers that were shown. entry_id: the entry whose slot was asked for.

    shown: the entry that answered last; nothing is waited for, but 要多久 is about it.
    matter: the message of which was asked whether it tells of something new.
    until: when it is no longer waited for (ms UTC). language: in which it was asked: a "2" in
    answer has none. Empty when nothing is open.
    """

    offered: tuple[str, ...] = ()
    entry_id: str = ""
    shown: str = ""
    matter: str = ""
    until: int = 0
    language: str = "zh"

    @property
    def is_open(self) -> bool:
        """Whether something is waited for."""
        return bool(self.offered or self.entry_id)

    def at(self, now_ms: int) -> Dialogue:
        """What is still waited for at this instant."""
        return self if now_ms < self.until else NOTHING_OPEN


NOTHING_OPEN = Dialogue()
