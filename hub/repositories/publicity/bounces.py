"""Mails that came back: one document per delivery, so that a report that comes twice counts once."""

from __future__ import annotations

from dataclasses import dataclass

from hub.repositories.evidence.behind_compartment import restricted
from hub.store.codec import Shape
from hub.store.crypto import Vault
from hub.store.documents import MAX_LIMIT, Collection, Documents, Insert

COLLECTIONS = (
    Collection("bounces", fields={"address_key": str, "at": int}, indexes=(("address_key", "at"), ("at",))),
)


@dataclass(frozen=True, slots=True)
class BouncedMail:
    """id: of the delivery. status: as in RFC 3463. at: ms UTC. The address itself is not stored."""

    id: str
    address_key: str
    status: str
    at: int


class BounceRepository:
    """Counts bounces; gives the write of one."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._shape = Shape(BouncedMail, "bounces", vault)

    def insert(self, bounce: BouncedMail) -> Insert:
        """The write of one."""
        return self._shape.insert(bounce)

    async def is_known(self, delivery_id: str) -> bool:
        """Whether this delivery came back before."""
        return await self._documents.get("bounces", delivery_id) is not None

    async def count(self, address_key: str, *, since: int) -> int:
        """How many mails to an address came back since then."""
        where = {"address_key": address_key, "at": {"$gte": since}}
        return sum((await self._documents.count("bounces", where)).values())

    async def count_since(self, since: int) -> int:
        """How many mails came back since then, without those about cases behind the compartment."""
        bounced = await self._documents.find("bounces", {"at": {"$gte": since}}, limit=MAX_LIMIT)
        rows = await self._documents.get_many("outbox", [one.id for one in bounced])
        case_of = {id: row.body.get("case_id", "") for id, row in rows.items()}
        hidden = await restricted(self._documents, case_of.values())
        return sum(case_of.get(one.id, "") not in hidden for one in bounced)
