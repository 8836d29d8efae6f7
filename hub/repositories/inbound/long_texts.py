"""Long texts whose parts are coming in; numbers and words are sealed."""

from __future__ import annotations

from channels.contract import TextPart
from hub.model.conversations.long_text import LongText
from hub.runtime.ids import derived_id
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Collection, Documents, Write

COLLECTIONS = (
    Collection(
        "long_texts", fields={"due_at": int, "keep_until": int}, indexes=(("due_at",), ("keep_until",))
    ),
)

_AT_ONCE = 50


class LongTextRepository:
    """Reads them; gives the writes that store them."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._vault = vault
        self._shape = Shape(LongText, "long_texts", vault)

    def id_for(self, part: TextPart) -> str:
        """Equal for all parts of a text; it tells nothing of the number."""
        place = (part.channel, part.sender.key, part.recipient, part.reference, str(part.total))
        return self._vault.blind(f"long text:{derived_id(*place)}")

    async def get(self, id: str) -> Versioned[LongText] | None:
        stored = await self._documents.get("long_texts", id)
        return None if stored is None else self._shape.versioned(stored)

    async def due(self, now: int) -> list[Versioned[LongText]]:
        """Those that wait no longer, the oldest first."""
        found = await self._documents.find(
            "long_texts", {"due_at": {"$gt": 0, "$lte": now}}, sort=(("due_at", 1),), limit=_AT_ONCE
        )
        return self._shape.listed_versioned(found)

    def put(self, text: LongText, found: Versioned[LongText] | None) -> Write:
        """The write of a text: new, or in the place of the one that was found."""
        return self._shape.insert(text) if found is None else self._shape.update(text, found.version)
