"""Adds the cases of an earlier release to the index, some at a time, while the hub works.

Restartable: a cursor is moved on behind each page, and a case that has its document already is left alone.
Whoever works on a case meanwhile is faster, and that is all the same: each case gets its document once.
"""

from __future__ import annotations

import logging

from hub.repositories.knowledge.cursors import CursorRepository
from hub.repositories.search.case_index import CaseChange, CaseIndex
from hub.store.documents import Conflict, Documents, Duplicate
from hub.store.keyed_terms import VERSION

log = logging.getLogger(__name__)

_CURSOR = f"case_search:{VERSION}"
_DONE = "~"
"""Behind every id."""
_PAGE = 100
_LOGGED_EACH = 10_000


class FillIndex:
    """Fills."""

    def __init__(self, documents: Documents, index: CaseIndex, cursors: CursorRepository) -> None:
        self._documents = documents
        self._index = index
        self._cursors = cursors
        self._added = 0
        self._is_done = False

    async def is_done(self) -> bool:
        """Whether every stored case was looked at."""
        self._is_done = self._is_done or (await self._cursors.get(_CURSOR)).value == _DONE
        return self._is_done

    async def step(self) -> bool:
        """Looks at the next cases; False when there are no more."""
        if await self.is_done():
            return False
        known = await self._cursors.get(_CURSOR)
        last, missing = await self._index.missing(known.value, limit=_PAGE)
        for case_id in missing:
            try:
                await self._documents.commit(await self._index.writes({case_id: CaseChange()}))
            except (Conflict, Duplicate):
                continue  # somebody said something in it at this moment, which indexed it
        self._added += len(missing)
        if self._added and (not last or self._added % _LOGGED_EACH < len(missing)):
            log.info("search.filled", extra={"cases": self._added})
        try:
            await self._documents.commit([self._cursors.move(_CURSOR, known, last or _DONE)])
        except (Conflict, Duplicate):
            return True  # another process is at it
        return bool(last)
