"""Stored decisions of people about judged cases."""

from __future__ import annotations

from hub.model.cases.triage_decision import DecisionKind, TriageDecision
from hub.store.codec import Shape
from hub.store.crypto import Vault
from hub.store.documents import Collection, Documents, Insert

COLLECTIONS = (Collection("triage_decisions", fields={"kind": str, "at": int}, indexes=(("kind", "at"),)),)


class TriageDecisionRepository:
    """What people decided about judged cases; append-only."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._shape = Shape(TriageDecision, "triage_decisions", vault)

    async def newest(self, kind: DecisionKind, *, limit: int) -> list[TriageDecision]:
        """Those of a kind, newest first."""
        found = await self._documents.find(
            "triage_decisions", {"kind": str(kind)}, sort=(("at", -1),), limit=limit
        )
        return self._shape.listed(found)

    def insert(self, decision: TriageDecision) -> Insert:
        """The write of a new decision."""
        return self._shape.insert(decision)
