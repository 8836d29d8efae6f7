"""Vectors of published wordings, by engine, model, dimension and digest of the sentence.

They are of public texts: nothing in them is personal. One that is kept never changes; those of another engine
stand beside it.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Iterable, Sequence
from contextlib import suppress

from hub.model.kept_vector import KeptVector
from hub.store.codec import Shape
from hub.store.crypto import Vault
from hub.store.documents import MAX_LIMIT, Collection, Documents

COLLECTIONS = (Collection("vectors"),)


class VectorRepository:
    """Reads and keeps rows of `WordingVectors`."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._shape = Shape(KeptVector, "vectors", vault, personal=frozenset())

    async def of(self, engine: str, digests: Sequence[int]) -> dict[int, bytes]:
        """The rows that are kept of this engine, by digest."""
        wanted = {_id(engine, digest): digest for digest in digests}
        ids, found = list(wanted), dict[int, bytes]()
        for start in range(0, len(ids), MAX_LIMIT):
            stored = await self._documents.get_many("vectors", ids[start : start + MAX_LIMIT])
            for kept in self._shape.listed(stored.values()):
                with suppress(Error):  # a damaged row is made anew
                    found[wanted[kept.id]] = b64decode(kept.row, validate=True)
        return found

    async def keep(self, engine: str, rows: Iterable[tuple[int, bytes]]) -> None:
        """Keeps them; what is kept already stays."""
        kept = [KeptVector(_id(engine, digest), engine, b64encode(row).decode()) for digest, row in rows]
        if kept:
            await self._documents.insert_many("vectors", [(one.id, self._shape.body(one)) for one in kept])


def _id(engine: str, digest: int) -> str:
    return f"{engine}#{digest:016x}"
