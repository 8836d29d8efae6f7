"""After another key became current: everything is sealed anew while the hub works, slowly, once."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from hub.repositories.knowledge.cursors import CursorRepository
from hub.store.crypto import Vault
from hub.store.documents import Collection, Conflict, Documents, Duplicate
from hub.store.resealing import ResealedFiles, reseal

LOG = logging.getLogger(__name__)
_DONE = "resealed"


class ResealStore:
    """One round at a time; which key everything was sealed with last is kept."""

    def __init__(
        self,
        documents: Documents,
        cursors: CursorRepository,
        vault: Vault,
        collections: Sequence[Collection],
        files: Sequence[ResealedFiles],
        *,
        pause_seconds: float = 1.0,
    ) -> None:
        self._documents = documents
        self._cursors = cursors
        self._vault = vault
        self._collections = collections
        self._files = files
        self._pause_seconds = pause_seconds

    async def step(self) -> bool:
        """A round, when there is an older key and this one was not gone through with; never more at once."""
        known = await self._cursors.get(_DONE)
        if len(self._vault.key_ids) < 2 or known.value == self._vault.current:
            return False
        done = await reseal(
            self._documents, self._collections, self._files, self._vault, pause_seconds=self._pause_seconds
        )
        LOG.info("keys.resealed", extra={"resealed": done.resealed, "left": done.left})
        if not done.left:
            try:
                await self._documents.commit([self._cursors.move(_DONE, known, self._vault.current)])
            except (Conflict, Duplicate):  # another process was through first
                return False
        return False
