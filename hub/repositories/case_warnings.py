"""Warnings before and after the last day of a clock: each is stored once, so that nobody is warned twice.

The id is made of case, clock, its number and the warning's key and instant; of several processes one wins.
After the hub was down, only the latest of a clock is given and the others are kept as skipped.
"""

from __future__ import annotations

from collections.abc import Collection as Container
from dataclasses import dataclass
from typing import Any

from hub.model.cases.case import Case
from hub.model.cases.passing_time import WarningGiven
from hub.model.cases.roles import CaseRole
from hub.model.track import Compartment
from hub.store.codec import Shape
from hub.store.crypto import Vault
from hub.store.documents import Collection, Documents, Insert

COLLECTIONS = (
    Collection(
        "case_warnings",
        fields={"compartment": str, "handler_id": str, "at": int, "case_id": str},
        indexes=(("compartment", "at"), ("compartment", "handler_id", "at"), ("case_id", "at")),
    ),
)


@dataclass(frozen=True, slots=True)
class CaseWarning:
    """One warning.

    key: as in the profile. skipped: it was due while the hub was down, a later one was given.
    """

    id: str
    case_id: str
    reference: str
    compartment: Compartment
    clock: str
    key: str
    at: int
    unit_id: str = ""
    handler_id: str = ""
    citizen: bool = False
    to: tuple[CaseRole, ...] = ()
    skipped: bool = False


class CaseWarningRepository:
    """Reads warnings; gives the writes that store them."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._warnings = Shape(CaseWarning, "case_warnings", vault)

    def insert(self, case: Case, given: WarningGiven, *, skipped: bool) -> Insert:
        """The write of a warning."""
        warning = CaseWarning(
            id=f"{case.id}:{given.clock}:{given.number}:{given.key}:{given.at}",
            case_id=case.id,
            reference=case.reference,
            compartment=case.compartment,
            clock=given.clock,
            key=given.key,
            at=given.at,
            unit_id=given.unit_id,
            handler_id=case.handler_id,
            citizen=given.citizen,
            to=given.to,
            skipped=skipped,
        )
        return self._warnings.insert(warning)

    async def newest(
        self, compartments: Container[Compartment], *, since: int, limit: int, handler_id: str | None = None
    ) -> list[CaseWarning]:
        """The newest first, given after an instant. The compartment is that of the day it was given: whether
        the reader may see the case now is asked of the case. handler_id: of one handler, None for all."""
        if not compartments:
            return []
        names = [str(compartment) for compartment in Compartment if compartment in compartments]
        where: dict[str, Any] = {
            "compartment": names[0] if len(names) == 1 else {"$in": names},
            "at": {"$gt": since},
        }
        if handler_id is not None:
            where["handler_id"] = handler_id
        found = await self._documents.find("case_warnings", where, sort=(("at", -1),), limit=limit)
        return self._warnings.listed(found)

    async def of_case(self, case_id: str, *, limit: int = 200) -> list[CaseWarning]:
        """All of one case, newest first."""
        found = await self._documents.find(
            "case_warnings", {"case_id": case_id}, sort=(("at", -1),), limit=limit
        )
        return self._warnings.listed(found)
