"""Imports of earlier releases are the office's own: no department handed files over then."""

from __future__ import annotations

from hub.store.crypto import Vault
from hub.store.documents import Documents, Update


async def imports_of_the_office(documents: Documents, _: Vault) -> None:
    """Harmless to repeat."""
    async for stored in documents.scan("contact_imports"):
        if "department" not in stored.body:
            write = Update("contact_imports", stored.id, {"department": ""}, stored.version)
            await documents.commit([write])
