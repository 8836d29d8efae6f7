"""Adds the cases of an earlier release to the index, some at a time, while the hub works.

Two passes, each behind a cursor of its own that is moved on after each page: cases without a document get
one; then documents that were made before names were found by their first letters get those. Whoever works
on a case meanwhile is faster, and that is all the same.
"""

from __future__ import annotations

import logging

from hub.repositories.knowledge.cursors import CursorRepository
from hub.repositories.search.case_index import CaseChange, CaseIndex
from hub.store.documents import Conflict, Documents, Duplicate, Write
from hub.store.keyed_terms import VERSION
from hub.store.until_committed import until_committed

log = logging.getLogger(__name__)

_CASES, _INITIALS = f"case_search:{VERSION}", f"case_initials:{VERSION}"
_DONE = "~"
"""Behind every id."""
_PAGE = 100
_LOGGED_EACH = 10_000
_TRIES = 10


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
        if not self._is_done:
            self._is_done = all(
                [(await self._cursors.get(name)).value == _DONE for name in (_CASES, _INITIALS)]
            )
        return self._is_done

    async def step(self) -> bool:
        """Looks at the next cases; False when there are no more."""
        if await self.is_done():
            return False
        for name, add in ((_CASES, self._add_cases), (_INITIALS, self._add_initials)):
            known = await self._cursors.get(name)
            if known.value == _DONE:
                continue
            last = await add(known.value)
            try:
                await self._documents.commit([self._cursors.move(name, known, last or _DONE)])
            except (Conflict, Duplicate):
                return True  # another process is at it
            return bool(last) or name != _INITIALS
        return False

    async def _add_cases(self, after: str) -> str:
        """The last id of the page, "" behind the last one."""
        last, missing = await self._index.missing(after, limit=_PAGE)
        for case_id in missing:
            try:
                await self._documents.commit(await self._index.writes({case_id: CaseChange()}))
            except (Conflict, Duplicate):
                continue  # somebody said something in it at this moment, which indexed it
        self._added += len(missing)
        if self._added and (not last or self._added % _LOGGED_EACH < len(missing)):
            log.info("search.filled", extra={"cases": self._added})
        return last

    async def _add_initials(self, after: str) -> str:
        """The same. A document that changes meanwhile is read again: what changed it may add no name."""
        ids = await self._index.next_ids(after, limit=_PAGE)
        for case_id in ids:

            async def decide(case_id: str = case_id) -> tuple[list[Write], None]:
                return await self._index.initials(case_id), None

            await until_committed(self._documents, decide, tries=_TRIES)
        return ids[-1] if ids else ""
