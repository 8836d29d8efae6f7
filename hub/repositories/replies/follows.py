"""Who follows which case. Whether a follower may still see it is asked whenever something is shown."""

from __future__ import annotations

from collections.abc import Sequence

from hub.store.documents import Collection, Delete, Documents, Insert, Write

COLLECTIONS = (
    Collection(
        "follows",
        fields={"case_id": str, "agent_id": str, "at": int},
        indexes=(("case_id",), ("agent_id", "at")),
    ),
)

_MANY = 500


class FollowRepository:
    """Reads; gives the writes that begin and end it."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    async def is_followed(self, case_id: str, agent_id: str) -> bool:
        """Whether an agent follows a case."""
        return await self._documents.get("follows", _id(case_id, agent_id)) is not None

    async def followers(self, case_id: str) -> tuple[str, ...]:
        """Ids of the agents who follow a case."""
        found = await self._documents.find("follows", {"case_id": case_id}, limit=_MANY)
        return tuple(stored.body["agent_id"] for stored in found)

    async def changed(self, case_id: str, agent_id: str, *, follows: bool, at: int) -> Sequence[Write]:
        """The writes after which it is so; none where it is so already."""
        id = _id(case_id, agent_id)
        stored = await self._documents.get("follows", id)
        if follows and stored is None:
            return [Insert("follows", id, {"case_id": case_id, "agent_id": agent_id, "at": at})]
        return [] if follows or stored is None else [Delete("follows", id, stored.version)]


def _id(case_id: str, agent_id: str) -> str:
    return f"{case_id}:{agent_id}"
