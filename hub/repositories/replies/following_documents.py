"""The store that tells followers: who is told is written together with what they are told of.

Every way a case changes ends in an entry of its history, so this is the one place to look; nothing that
changes a case has to know of followers, or can forget them. Whoever did it is not told.
"""

from __future__ import annotations

from collections.abc import Sequence

from hub.model.cases.history import HistoryKind
from hub.model.notification import NotificationKind
from hub.repositories.replies.follows import FollowRepository
from hub.repositories.staff.notifications import NotificationRepository
from hub.store.around import DocumentsAround
from hub.store.crypto import Vault
from hub.store.documents import Body, Documents, Insert, Write

_CITIZEN = "citizen"


class FollowingDocuments(DocumentsAround):
    """`Documents` whose `commit` adds notifications; everything else is the engine's own."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        super().__init__(documents)
        self._follows = FollowRepository(documents)
        self._notifications = NotificationRepository(documents, vault)

    async def commit(self, writes: Sequence[Write]) -> None:
        """See the port."""
        told: list[Write] = []
        for write in writes:
            if isinstance(write, Insert) and write.collection == "history":
                told += await self._told(write.id, write.body)
        await super().commit([*writes, *told])

    async def _told(self, entry_id: str, entry: Body) -> list[Write]:
        kind, case_id = _kind(entry), entry["case_id"]
        if kind is None or entry["seq"] == 1:  # nobody can follow what is not there yet
            return []
        return [
            self._notifications.tell(agent_id, kind, case_id, at=entry["at"], cause=entry_id)
            for agent_id in await self._follows.followers(case_id)
            if agent_id != entry["actor"]
        ]


def _kind(entry: Body) -> NotificationKind | None:
    """What followers are told of an entry, None for nothing."""
    if entry["actor"] == _CITIZEN or entry["kind"] == HistoryKind.CITIZEN_SPOKE:
        return NotificationKind.CITIZEN_REPLIED
    facts = entry["facts"]
    return NotificationKind.MOVED if facts.get("from") != facts.get("to") else None
