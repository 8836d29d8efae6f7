"""Notifications of staff, newest first.

What makes one is committed together with it: `repositories.notifications.tell(...)` gives the write.
"""

from __future__ import annotations

from hub.model.notification import Notification, NotificationKind
from hub.runtime.ids import derived_id
from hub.store.codec import Shape
from hub.store.crypto import Vault
from hub.store.documents import Collection, Documents, Insert

COLLECTIONS = (
    Collection(
        "notifications",
        fields={"agent_id": str, "at": int, "read_at": int},
        indexes=(("agent_id", "read_at", "at"), ("agent_id", "at"), ("at",)),
    ),
)

_NEWEST = (("at", -1),)
_PAGE = 1_000


class NotificationRepository:
    """Reads notifications; gives the writes that store them."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._notifications = Shape(Notification, "notifications", vault)

    def tell(
        self, agent_id: str, kind: NotificationKind, case_id: str, *, at: int, cause: str = ""
    ) -> Insert:
        """The write that tells an agent.

        cause: id of what made it (a message, a note); the same cause tells the same agent once, a repeat
        is a Duplicate. By default the instant.
        """
        id = derived_id("notification", agent_id, kind, case_id, cause or str(at))
        return self._notifications.insert(Notification(id, agent_id, at, kind, case_id))

    def tell_of_campaign(
        self, agent_id: str, kind: NotificationKind, campaign_id: str, *, at: int, cause: str
    ) -> Insert:
        """The same about a campaign."""
        id = derived_id("notification", agent_id, kind, campaign_id, cause)
        told = Notification(id, agent_id, at, kind, "", campaign_id=campaign_id)
        return self._notifications.insert(told)

    def tell_of_department(
        self, agent_id: str, kind: NotificationKind, department_id: str, *, at: int, cause: str
    ) -> Insert:
        """The same about a department."""
        id = derived_id("notification", agent_id, kind, department_id, cause)
        told = Notification(id, agent_id, at, kind, "", department_id=department_id)
        return self._notifications.insert(told)

    def tell_of_warning(
        self, agent_id: str, kind: NotificationKind, warning_id: str, *, at: int, cause: str
    ) -> Insert:
        """The same about a warning."""
        id = derived_id("notification", agent_id, kind, warning_id, cause)
        return self._notifications.insert(Notification(id, agent_id, at, kind, "", warning_id=warning_id))

    async def unread(self, agent_id: str, *, limit: int = 100) -> list[Notification]:
        """Those an agent has not read, newest first."""
        return await self._newest({"agent_id": agent_id, "read_at": 0}, limit)

    async def newest(self, agent_id: str, *, limit: int = 100) -> list[Notification]:
        """All of an agent, newest first."""
        return await self._newest({"agent_id": agent_id}, limit)

    async def read(self, agent_id: str, *, at: int, case_id: str = "") -> None:
        """Marks what is unread as read: of one case, or all of it; doing it twice is harmless."""
        after: str | None = None
        while True:
            found = await self._documents.find(
                "notifications", {"agent_id": agent_id, "read_at": 0}, sort=_NEWEST, limit=_PAGE, after=after
            )
            changes = [
                (stored.id, stored.version, {"read_at": at})
                for stored in found
                if not case_id or stored.body["case_id"] == case_id
            ]
            if changes:
                await self._documents.settle("notifications", changes)
            if len(found) < _PAGE:
                return
            after = self._documents.cursor(found[-1], _NEWEST)

    async def _newest(self, where: dict[str, str | int], limit: int) -> list[Notification]:
        found = await self._documents.find("notifications", where, sort=_NEWEST, limit=limit)
        return self._notifications.listed(found)
