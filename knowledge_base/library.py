"""Holds the snapshot that questions are answered from, and replaces it as a whole when entries have changed.

Building takes time in step with the number of wordings, so it runs beside the event loop; until it is done,
and when it fails, the snapshot before it keeps answering.
"""

import asyncio

from knowledge_base.answer import DEFAULT, Answer, Thresholds, decide
from knowledge_base.matcher import Snapshot
from knowledge_base.ports import EntrySource


class Library:
    """Answers from the newest snapshot. Empty (hands every question over) until the first `refresh`."""

    def __init__(self, source: EntrySource, thresholds: Thresholds = DEFAULT) -> None:
        self._source = source
        self._thresholds = thresholds
        self._refreshing = asyncio.Lock()
        self.snapshot = Snapshot.build(())

    async def refresh(self) -> None:
        """Reads the entries again. Two at once run one after the other, so that an older reading never
        wins."""
        async with self._refreshing:
            entries = await self._source.entries()
            self.snapshot = await asyncio.to_thread(Snapshot.build, tuple(entries))

    def answer(self, text: str) -> Answer:
        return decide(self.snapshot, text, self._thresholds)
