"""The knowledge base as the running hub holds it: one immutable snapshot, replaced as a whole."""

from __future__ import annotations

from collections.abc import Iterable

from knowledge_base.entry import Entry
from knowledge_base.matcher import Snapshot


class Knowledge:
    """Readers take `snapshot` and never wait; an edit builds the next one."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self.snapshot = Snapshot.build(entries)

    def replace(self, entries: Iterable[Entry]) -> None:
        """From now on these entries answer."""
        self.snapshot = Snapshot.build(entries)
