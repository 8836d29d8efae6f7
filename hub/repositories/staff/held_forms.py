"""Forms that were sent when the login was over: one per agent, sealed, for a day."""

from __future__ import annotations

from hub.model.staff.held_form import HeldForm
from hub.store.codec import Shape
from hub.store.crypto import Vault
from hub.store.documents import Collection, Delete, Documents, Write
from hub.store.until_committed import until_committed

COLLECTIONS = (Collection("held_forms", fields={"at": int}, indexes=(("at",),)),)


class HeldFormRepository:
    """Keeps the last form of each agent."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._shape = Shape(HeldForm, "held_forms", vault)

    async def get(self, agent_id: str) -> HeldForm | None:
        """The form of an agent, or None."""
        stored = await self._documents.get("held_forms", agent_id)
        return self._shape.load(stored) if stored else None

    async def put(self, form: HeldForm) -> None:
        """Keeps it in the place of the one before."""

        async def decide() -> tuple[list[Write], None]:
            stored = await self._documents.get("held_forms", form.id)
            return [self._shape.update(form, stored.version) if stored else self._shape.insert(form)], None

        await until_committed(self._documents, decide, tries=3)

    async def remove(self, agent_id: str) -> None:
        """Forgets it; one that is gone already is no error."""

        async def decide() -> tuple[list[Write], None]:
            stored = await self._documents.get("held_forms", agent_id)
            return [Delete("held_forms", agent_id, stored.version)] if stored else [], None

        await until_committed(self._documents, decide, tries=3)
