"""Imports of contacts, and what each source knows of a contact."""

from __future__ import annotations

from collections.abc import Sequence

from hub.model.recipients.contact_import import ContactImport
from hub.model.recipients.contact_source import ContactSource
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import MAX_LIMIT, Body, Collection, Delete, Documents, Insert, Update

COLLECTIONS = (
    Collection(
        "contact_imports",
        fields={"at": int, "busy": int, "purge_at": int, "department": str},
        indexes=(("at",), ("busy", "at"), ("purge_at",), ("department", "at")),
    ),
    Collection("contact_sources", fields={"contact_id": str}, indexes=(("contact_id",),)),
)


class ContactImportRepository:
    """Reads imports and sources; gives the writes that store them."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._imports = Shape(ContactImport, "contact_imports", vault)
        self._sources = Shape(ContactSource, "contact_sources", vault)

    async def get(self, import_id: str) -> Versioned[ContactImport] | None:
        """An import with its version, or None."""
        stored = await self._documents.get("contact_imports", import_id)
        return None if stored is None else self._imports.versioned(stored)

    async def newest(self, *, limit: int, department: str | None = None) -> list[ContactImport]:
        """The last ones, the newest first. department: of one only, "" = of the office itself."""
        where = {} if department is None else {"department": department}
        found = await self._documents.find("contact_imports", where, sort=(("at", -1),), limit=limit)
        return self._imports.listed(found)

    async def over(self, now: int, *, limit: int) -> list[Versioned[ContactImport]]:
        """Those whose time to be kept is over."""
        where = {"purge_at": {"$lt": now}}
        found = await self._documents.find("contact_imports", where, sort=(("purge_at", 1),), limit=limit)
        return self._imports.listed_versioned(found)

    async def busy(self) -> Versioned[ContactImport] | None:
        """The one that waits longest for the job, or None."""
        found = await self._documents.find("contact_imports", {"busy": 1}, sort=(("at", 1),), limit=1)
        return self._imports.versioned(found[0]) if found else None

    def insert(self, import_: ContactImport) -> Insert:
        """The write of a new one."""
        write = self._imports.insert(import_)
        write.body.update(_fields(import_))
        return write

    def update(self, import_: ContactImport, version: int) -> Update:
        """The write of one read at `version`."""
        write = self._imports.update(import_, version)
        write.set.update(_fields(import_))
        return write

    def remove(self, found: Versioned[ContactImport]) -> Delete:
        """The write that forgets one."""
        return Delete("contact_imports", found.value.id, found.version)

    async def sources(self, ids: Sequence[str]) -> dict[str, Versioned[ContactSource]]:
        """The records that exist among these ids."""
        found = await self._documents.get_many("contact_sources", ids) if ids else {}
        return {id: self._sources.versioned(stored) for id, stored in found.items()}

    async def sources_of(self, contact_id: str) -> list[ContactSource]:
        """Every source of a contact."""
        found = await self._documents.find("contact_sources", {"contact_id": contact_id}, limit=MAX_LIMIT)
        return sorted(self._sources.listed(found), key=lambda one: one.at)

    def insert_source(self, source: ContactSource) -> Insert:
        """The write of a new record."""
        return self._sources.insert(source)

    def update_source(self, source: ContactSource, version: int) -> Update:
        """The write of a record read at `version`."""
        return self._sources.update(source, version)


def _fields(import_: ContactImport) -> Body:
    return {"busy": int(import_.is_busy)}
