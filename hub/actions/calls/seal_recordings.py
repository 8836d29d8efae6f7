"""Seals files of recordings anew while the hub works: at once those whose case changed sides of the
compartment; slowly all, after another key became current or where an earlier release left them in the clear.

How far it came is kept after every page, and every file is replaced whole, so that it goes on wherever it was
killed. What does not open is left as it is; `hub evidence verify` and `hub keys verify` name it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from errno import EDQUOT, ENOSPC, EROFS, errorcode

from hub.actions.calls.recording_side import case_of, is_behind
from hub.model.call import Recording
from hub.repositories.evidence.recording_files import RecordingFiles
from hub.repositories.repositories import Repositories
from hub.store.codec import Versioned
from hub.store.crypto import KeyProblem
from hub.store.documents import Conflict, Documents, Duplicate, Write

log = logging.getLogger(__name__)

_CURSOR = "recordings sealed"
_MOVES = 50
_PAGE = 20
_DONE = "done"
_FULL = frozenset({ENOSPC, EDQUOT, EROFS})
"""What is wrong with the disk and not with a file."""


class SealRecordings:
    """One process at a time works at it. pause_seconds: after a page of which something was sealed anew."""

    def __init__(
        self,
        documents: Documents,
        repositories: Repositories,
        files: RecordingFiles,
        *,
        pause_seconds: float = 0.2,
    ) -> None:
        self._documents = documents
        self._repositories = repositories
        self._files = files
        self._pause_seconds = pause_seconds
        self._is_full = False

    async def step(self) -> bool:
        """What moved, else the next page of all. Whether there is more to do."""
        try:
            more = await self._moved() or await self._page()
        except OSError as problem:  # what was not done waits for the next look
            if not self._is_full:
                log.error("recordings.not_sealed", extra={"problem": errorcode.get(problem.errno or 0, "")})
            self._is_full = True
            return False
        self._is_full = False
        return more

    async def _moved(self) -> bool:
        moves = await self._repositories.recordings.moves.waiting(limit=_MOVES)
        for move in moves:
            await self._seal(await self._repositories.recordings.of_case(move.case_id))
            await self._commit([self._repositories.recordings.moves.done(move)])
        return bool(moves)

    async def _page(self) -> bool:
        known = await self._repositories.cursors.get(_CURSOR)
        keys, _, after = known.value.partition(" ")
        if keys != self._files.current:
            after = ""
        if after == _DONE:
            return False
        page, reached = await self._repositories.recordings.page(after, limit=_PAGE)
        resealed = await self._seal(page)
        if not reached:  # at last what no row names
            resealed += await asyncio.to_thread(self._orphans)
        if await self._move(known, reached or _DONE) and resealed:
            log.info("recordings.sealed", extra={"resealed": resealed})
            await asyncio.sleep(self._pause_seconds)
        return bool(reached)

    async def _seal(self, recordings: Sequence[Recording]) -> int:
        resealed = 0
        for recording in recordings:
            if recording.sha256:
                behind = is_behind(await case_of(self._repositories.cases, recording))
                resealed += await asyncio.to_thread(self._anew, recording.sha256, behind=behind)
        return resealed

    def _anew(self, sha256: str, *, behind: bool | None = None) -> bool:
        try:
            return self._files.reseal(sha256, behind=behind)
        except (KeyProblem, OSError) as problem:
            if isinstance(problem, OSError) and problem.errno in _FULL:
                raise
            log.error("recording.does_not_open", extra={"file": sha256[:16]})
            return False

    def _orphans(self) -> int:
        return sum(map(self._anew, self._files.ids()))

    async def _move(self, known: Versioned[str], after: str) -> bool:
        cursor = self._repositories.cursors.move(_CURSOR, known, f"{self._files.current} {after}")
        return await self._commit([cursor])

    async def _commit(self, writes: Sequence[Write]) -> bool:
        """False when another process was quicker."""
        with suppress(Conflict, Duplicate):
            await self._documents.commit(writes)
            return True
        return False
