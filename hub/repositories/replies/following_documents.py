"""The store that tells followers, and keeps who takes part: written together with what they are told of.

Every way a case changes ends in an entry of its history, so this is the one place to look; nothing that
changes a case has to know of followers, or can forget them. Whoever did it is not told.
"""

from __future__ import annotations

from collections.abc import Sequence

from hub.model.cases.history import HistoryKind
from hub.model.cases.step import SYSTEM
from hub.model.notification import NotificationKind
from hub.repositories.replies.follows import FollowRepository
from hub.repositories.replies.taking_part import TakingPartRepository
from hub.repositories.staff.notifications import NotificationRepository
from hub.store.around import DocumentsAround
from hub.store.crypto import Vault
from hub.store.documents import Body, Delete, Documents, Insert, Write

_CITIZEN = "citizen"
_NOBODY = frozenset({_CITIZEN, SYSTEM, ""})
_WRITES = frozenset(
    {
        HistoryKind.REPLIED,
        HistoryKind.NOTED,
        HistoryKind.MOVED,
        HistoryKind.CLOSED,
        HistoryKind.TAKEN_DOWN,
    }
)
"""What an agent does in a case that makes it one they took part in; looking at it does not."""


class FollowingDocuments(DocumentsAround):
    """`Documents` whose `commit` adds notifications; everything else is the engine's own."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        super().__init__(documents)
        self._follows = FollowRepository(documents)
        self._taking_part = TakingPartRepository(documents)
        self._notifications = NotificationRepository(documents, vault)

    async def commit(self, writes: Sequence[Write]) -> None:
        """See the port."""
        told: list[Write] = []
        acts: dict[tuple[str, str], int] = {}
        for write in writes:
            match write:
                case Insert("history", id, body):
                    told += await self._told(id, body)
                    acts |= {(body["case_id"], agent_id): body["at"] for agent_id in _took_part(body)}
                case Insert("follows", _, body):
                    told.append(
                        await self._taking_part.followed(body["case_id"], body["agent_id"], at=body["at"])
                    )
                case Delete("follows", id):
                    told += await self._taking_part.unfollowed(*id.split(":"))
        told += [await self._taking_part.acted(*who, at=at) for who, at in acts.items()]
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


def _took_part(entry: Body) -> frozenset[str]:
    """Agents who wrote in the case with this entry, or whose case it is from then on."""
    wrote = entry["actor"] if entry["kind"] in _WRITES else ""
    given = entry["facts"].get("handler", "") if entry["kind"] == HistoryKind.ASSIGNED else ""
    return frozenset({wrote, given}) - _NOBODY
