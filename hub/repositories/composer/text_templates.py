"""Templates of campaigns and their versions."""

from __future__ import annotations

from hub.model.campaigns.text_template import TemplateVersion, TextTemplate
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Collection, Documents, Insert, Update

COLLECTIONS = (
    Collection("text_templates", fields={"changed_at": int}, indexes=(("changed_at",),)),
    Collection("text_template_versions"),
)
MOST = 1_000


class TextTemplateRepository:
    """Reads; gives the writes."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._templates = Shape(TextTemplate, "text_templates", vault)
        self._versions = Shape(TemplateVersion, "text_template_versions", vault)

    async def get(self, id: str) -> Versioned[TextTemplate] | None:
        """One, or None."""
        stored = await self._documents.get("text_templates", id)
        return None if stored is None else self._templates.versioned(stored)

    async def every(self) -> list[TextTemplate]:
        """All of them, the newest change first; an office has some dozen."""
        found = await self._documents.find("text_templates", {}, sort=(("changed_at", -1),), limit=MOST)
        return self._templates.listed(found)

    async def versions(self, id: str) -> list[TemplateVersion]:
        """What it said, the newest first."""
        where = {"id": {"$gte": f"{id}:", "$lt": f"{id};"}}
        found = await self._documents.find("text_template_versions", where, sort=(("id", -1),), limit=500)
        return self._versions.listed(found)

    def insert(self, template: TextTemplate) -> Insert:
        """The write of a new one."""
        return self._templates.insert(template)

    def update(self, template: TextTemplate, version: int) -> Update:
        """The write of one read at `version`."""
        return self._templates.update(template, version)

    def insert_version(self, version: TemplateVersion) -> Insert:
        """The write of a version."""
        return self._versions.insert(version)
