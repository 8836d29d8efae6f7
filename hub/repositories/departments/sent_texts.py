"""What either platform sent lately, and what both had. Neither words nor numbers can be read in the first."""

from __future__ import annotations

from collections.abc import Sequence

from channels.address import Address
from hub.model.departments.sent_once import SentText, SentTwice, words_of_text
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Collection, Delete, Documents, Insert, Update

NAME, TWICE = "department_sent_texts", "department_sent_twice"
COLLECTIONS = (
    Collection(NAME, fields={"until": int}, indexes=(("until",),)),
    Collection(TWICE, fields={"department": str, "at": int}, indexes=(("department", "at"), ("at",))),
)


class SentTextRepository:
    """Reads them; gives the writes that store them."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._vault = vault
        self._shape = Shape(SentText, NAME, vault, personal=frozenset())
        self._twice = Shape(SentTwice, TWICE, vault)

    def id_of(self, department: str, address: Address, text: str) -> str:
        """The same for the same words to the same number."""
        return self._vault.blind(f"sent\x1f{department}\x1f{address.key}\x1f{words_of_text(text)}")

    async def get_many(self, ids: Sequence[str]) -> dict[str, Versioned[SentText]]:
        """Those that exist, by id."""
        found = await self._documents.get_many(NAME, ids)
        return {one.value.id: one for one in self._shape.listed_versioned(found.values())}

    def write(self, text: SentText, before: Versioned[SentText] | None) -> Insert | Update:
        """The write of who sent it, in place of what was read."""
        return self._shape.insert(text) if before is None else self._shape.update(text, before.version)

    def release(self, before: Versioned[SentText]) -> Delete:
        """The write that forgets it: nobody sent it."""
        return Delete(NAME, before.value.id, before.version)

    def write_twice(self, twice: SentTwice, version: int = 0) -> Insert | Update:
        """The write of a text both had. version: of what was read about it, 0 = it is new."""
        return self._twice.update(twice, version) if version else self._twice.insert(twice)

    async def versions_of_twice(self, ids: Sequence[str]) -> dict[str, int]:
        """Of those that are known already, by id."""
        found = await self._documents.get_many(TWICE, ids)
        return {id: stored.version for id, stored in found.items()}

    async def twice(
        self, department: str, *, limit: int, after: str | None = None
    ) -> tuple[list[SentTwice], str | None]:
        """Of a department, newest first, and what continues the list."""
        sort = (("at", -1),)
        found = await self._documents.find(
            TWICE, {"department": department}, sort=sort, limit=limit, after=after
        )
        more = self._documents.cursor(found[-1], sort) if len(found) == limit else None
        return self._twice.listed(found), more
