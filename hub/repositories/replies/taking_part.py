"""我参与: which agent has to do with which case, because they follow it, wrote in it or handled it.

The rows are written with what makes them (`following_documents.py`), from the release that brought them on.
Whether an agent may still see a case is asked whenever something is shown or counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hub.store.documents import Collection, Delete, Documents, Insert, Update, Write

COLLECTIONS = (
    Collection(
        "taking_part",
        fields={"agent_id": str, "place": str},
        indexes=(("agent_id", "place"),),
    ),
)
"""place: the instant of the last act, then the case: in this order there is no tie."""


@dataclass(frozen=True, slots=True)
class CaseIds:
    """One page of ids, the last act first; `next` continues it, None at the end."""

    ids: tuple[str, ...]
    next: str | None


class TakingPartRepository:
    """Reads; gives the writes."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    async def page(self, agent_id: str, *, limit: int, after: str | None = None) -> CaseIds:
        """Ids of cases. Raises `Undeclared` for an `after` of another list."""
        sort = (("place", -1),)
        found = await self._documents.find(
            "taking_part", {"agent_id": agent_id}, sort=sort, limit=limit + 1, after=after
        )
        shown = found[:limit]
        more = self._documents.cursor(shown[-1], sort) if len(found) > limit else None
        return CaseIds(tuple(stored.body["case_id"] for stored in shown), more)

    async def acted(self, case_id: str, agent_id: str, *, at: int) -> Write:
        """The write after an agent did something in a case: from now on, for good."""
        return await self._put(case_id, agent_id, at, acted=True)

    async def followed(self, case_id: str, agent_id: str, *, at: int) -> Write:
        """The write after an agent began to follow a case."""
        return await self._put(case_id, agent_id, at, acted=False)

    async def unfollowed(self, case_id: str, agent_id: str) -> Sequence[Write]:
        """The write after they stopped; who also did something in it stays."""
        stored = await self._documents.get("taking_part", _id(case_id, agent_id))
        if stored is None or stored.body["acted"]:
            return []
        return [Delete("taking_part", stored.id, stored.version)]

    async def _put(self, case_id: str, agent_id: str, at: int, *, acted: bool) -> Write:
        id = _id(case_id, agent_id)
        stored = await self._documents.get("taking_part", id)
        place = {"place": f"{at:015d}:{case_id}", "acted": acted or bool(stored and stored.body["acted"])}
        if stored is None:
            return Insert("taking_part", id, {"case_id": case_id, "agent_id": agent_id, **place})
        return Update("taking_part", id, place, stored.version)


def _id(case_id: str, agent_id: str) -> str:
    return f"{case_id}:{agent_id}"
