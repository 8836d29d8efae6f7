"""Saved views of the queue, and how each agent looks at it."""

from __future__ import annotations

from hub.model.cases.queue.settings import QueueSettings, SavedView
from hub.model.personal import UNREADABLE
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Collection, Delete, Documents, Insert, Update

COLLECTIONS = (
    Collection(
        "saved_views",
        fields={"owner_id": str, "unit_id": str},
        indexes=(("owner_id",), ("unit_id",)),
    ),
    Collection("queue_settings"),
)

MOST_VIEWS = 50
"""Of one agent, and shared by one unit."""


class QueueSettingsRepository:
    """Reads and writes them."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._views = Shape(SavedView, "saved_views", vault, unreadable={"name": UNREADABLE})
        self._settings = Shape(QueueSettings, "queue_settings", vault)

    async def views(self, owner_id: str, unit_id: str) -> list[SavedView]:
        """Those of an agent and those shared with a unit, the oldest first."""
        found = await self._documents.find("saved_views", {"owner_id": owner_id}, limit=MOST_VIEWS)
        if unit_id:
            found += await self._documents.find("saved_views", {"unit_id": unit_id}, limit=MOST_VIEWS)
        views = {view.id: view for view in self._views.listed(found)}
        return sorted(views.values(), key=lambda view: (view.created_at, view.id))

    async def view(self, id: str) -> Versioned[SavedView] | None:
        """A view with its version, or None."""
        stored = await self._documents.get("saved_views", id)
        return None if stored is None else self._views.versioned(stored)

    def insert_view(self, view: SavedView) -> Insert:
        """The write of a new one."""
        return self._views.insert(view)

    def delete_view(self, view: SavedView, version: int) -> Delete:
        """The write that removes one."""
        return Delete("saved_views", view.id, version)

    async def settings(self, agent_id: str) -> Versioned[QueueSettings]:
        """An agent's; the usual ones with version 0 for who never chose."""
        stored = await self._documents.get("queue_settings", agent_id)
        return Versioned(QueueSettings(agent_id), 0) if stored is None else self._settings.versioned(stored)

    def put_settings(self, settings: QueueSettings, version: int) -> Insert | Update:
        """The write of what was read at `version`."""
        return self._settings.update(settings, version) if version else self._settings.insert(settings)
