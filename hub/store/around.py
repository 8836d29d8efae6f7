"""A store round another one: hands everything on, for those that add something to `commit`."""

from __future__ import annotations

from collections.abc import Sequence

from hub.store.documents import Body, Documents, Write


class DocumentsAround:
    """`Documents` of another store; what a subclass does not change is that store's own."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self.get = documents.get
        self.get_many = documents.get_many
        self.find_one = documents.find_one
        self.find = documents.find
        self.cursor = documents.cursor
        self.count = documents.count
        self.counted = documents.counted
        self.recount = documents.recount
        self.search = documents.search
        self.insert_many = documents.insert_many
        self.claim = documents.claim
        self.delete = documents.delete
        self.next_number = documents.next_number
        self.scan = documents.scan
        self.now_ms = documents.now_ms
        self.close = documents.close

    async def commit(self, writes: Sequence[Write]) -> None:
        """See the port."""
        await self._documents.commit(writes)

    async def settle(self, collection: str, changes: Sequence[tuple[str, int, Body]]) -> list[str]:
        """See the port."""
        return await self._documents.settle(collection, changes)
