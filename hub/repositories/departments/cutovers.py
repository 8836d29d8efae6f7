"""How far departments have come over, and every move of it."""

from __future__ import annotations

from hub.model.departments.cutover import Cutover, PhaseMove
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Collection, Documents, Insert, Update

NAME, MOVES = "department_cutovers", "department_phase_moves"
COLLECTIONS = (
    Collection(NAME),
    Collection(MOVES, fields={"department": str, "seq": int}, indexes=(("department", "seq"),)),
)
_MOST = 100


class CutoverRepository:
    """Reads cut-overs; gives the writes that store them."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._shape = Shape(Cutover, NAME, vault)
        self._moves = Shape(PhaseMove, MOVES, vault)

    async def get(self, department: str) -> Versioned[Cutover] | None:
        """Of a department, or None where nobody began one."""
        stored = await self._documents.get(NAME, department)
        return None if stored is None else self._shape.versioned(stored)

    async def of_all(self, departments: list[str]) -> dict[str, Cutover]:
        """By department, of those that have one."""
        found = await self._documents.get_many(NAME, departments)
        return {one.id: one for one in self._shape.listed(found.values())}

    async def moves(self, department: str) -> list[PhaseMove]:
        """The last ones, newest first."""
        found = await self._documents.find(
            MOVES, {"department": department}, sort=(("seq", -1),), limit=_MOST
        )
        return self._moves.listed(found)

    def insert(self, cutover: Cutover) -> Insert:
        """The write of a new one; a Duplicate when somebody began it before."""
        return self._shape.insert(cutover)

    def update(self, cutover: Cutover, version: int) -> Update:
        """The write that replaces one read at `version`."""
        return self._shape.update(cutover, version)

    def note(self, before: Cutover | None, after: Cutover, why: str) -> Insert:
        """The row of a move; it stands in the commit of the move."""
        return self._moves.insert(
            PhaseMove(
                id=f"{after.id}:{after.seq:06}",
                department=after.id,
                seq=after.seq,
                at=after.since,
                by=after.by,
                before="" if before is None else before.phase.value,
                after=after.phase,
                why=why,
            )
        )
