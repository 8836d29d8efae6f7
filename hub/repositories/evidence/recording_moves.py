"""The store that notes when recordings change sides of the compartment, in the commit that moves their case.

Their files are sealed anew after it (`hub/actions/calls/seal_recordings.py`): the note is there until they
are, whoever crashes. The writes say themselves that a case moves, so that no action has to know of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hub.model.track import Compartment
from hub.store.around import DocumentsAround
from hub.store.documents import Collection, Delete, Documents, Insert, Update, Write

COLLECTIONS = (Collection("recording_moves"),)
_BY_ID = (("id", 1),)


@dataclass(frozen=True, slots=True)
class RecordingMove:
    """A case with recordings that went behind the compartment or out of it."""

    id: str
    case_id: str
    version: int


class MovingDocuments(DocumentsAround):
    """`Documents` whose `commit` adds these notes; everything else is the engine's own."""

    async def commit(self, writes: Sequence[Write]) -> None:
        """See the port."""
        noted: list[Write] = []
        for write in writes:
            match write:
                case Update("cases", id, body, version) if "compartment" in body:
                    if await self._moves(id, body["compartment"]):
                        noted.append(Insert("recording_moves", f"{id}:{version}", {"case_id": id}))
        await super().commit([*writes, *noted])

    async def _moves(self, case_id: str, after: str) -> bool:
        stored = await self._documents.get("cases", case_id)
        before = stored.body.get("compartment", Compartment.NONE) if stored else after
        if (before == Compartment.NONE) is (after == Compartment.NONE):
            return False
        return bool(await self._documents.find("recordings", {"case_id": case_id}, limit=1))


class RecordingMoves:
    """Reads the notes; gives the write that ends one."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    async def waiting(self, *, limit: int) -> list[RecordingMove]:
        """The first ones."""
        found = await self._documents.find("recording_moves", {}, sort=_BY_ID, limit=limit)
        return [RecordingMove(stored.id, stored.body["case_id"], stored.version) for stored in found]

    def done(self, move: RecordingMove) -> Delete:
        """Its files lie on the right side."""
        return Delete("recording_moves", move.id, move.version)
