"""Who is in which group: one document per group and contact, so that a segment is read page by page.

A contact lists its groups, but a list cannot be filtered by equality on every engine; a membership
can. It carries the address and the name, sealed, so that expanding a segment of a million reads one
collection in order and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from campaigns.ports import Recipient
from campaigns.segment import Segment
from channels.address import Address, AddressKind
from hub.model.people.contact import Contact
from hub.model.personal import personal
from hub.repositories.sending.reached import Reached
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Collection, Delete, Documents, Insert, Stored
from hub.store.unreadable import Unreadable

COLLECTIONS = (
    Collection(
        "memberships",
        fields={
            "group": str,
            "contact_id": str,
            "region": str,
            "language": str,
            "address_key": str,
            "since": int,
        },
        indexes=(("group", "contact_id"), ("contact_id",), ("address_key",)),
    ),
)


@dataclass(frozen=True, slots=True)
class Membership:
    """One contact in one group, reached at one address. `since`: ms UTC. id: `group:contact_id`."""

    id: str
    group: str
    contact_id: str
    address_key: str
    since: int
    region: str = ""
    language: str = "zh"
    kind: AddressKind = AddressKind.PHONE
    address: str = personal()
    name: str = personal()


class MembershipRepository:
    """Groups and the recipients in them. `cities`: region code → name, for `{city}`."""

    def __init__(self, documents: Documents, vault: Vault, *, cities: Mapping[str, str]) -> None:
        self._documents = documents
        self._vault = vault
        self._cities = cities
        self._reached = Reached(documents, vault)
        self._memberships = Shape(Membership, "memberships", vault)

    def join(self, contact: Contact, address: Address, group: str, *, at: int) -> Insert:
        """The write that puts a contact into a group; a contact that is in it is a Duplicate."""
        membership = Membership(
            id=f"{group}:{contact.id}",
            group=group,
            contact_id=contact.id,
            address_key=self._vault.blind(address.key),
            since=at,
            region=contact.region,
            language=contact.language,
            kind=address.kind,
            address=address.value,
            name=contact.name,
        )
        return self._memberships.insert(membership)

    def leave(self, membership: Versioned[Membership]) -> Delete:
        """The write that takes a contact out of a group."""
        return Delete("memberships", membership.value.id, membership.version)

    async def groups(self) -> dict[str, int]:
        """Every group with the number of its members."""
        return await self._documents.count("memberships", {}, by="group")

    async def page(
        self, segment: Segment, *, after: str, limit: int, snapshot_at: int
    ) -> Sequence[Recipient]:
        """See `campaigns.ports.Recipients`: group by group in the segment's order, by contact id."""
        if segment.corrects:
            return await self._reached.page(segment.corrects, after=after, limit=limit)
        found: list[Membership] = []
        group_of_after, _, contact_of_after = after.partition(":")
        start = segment.groups.index(group_of_after) if after else 0
        for group in segment.groups[start:]:
            where = _where(segment, group, snapshot_at)
            if group == group_of_after:
                where["contact_id"] = {"$gt": contact_of_after}
            stored = await self._documents.find(
                "memberships", where, sort=(("contact_id", 1),), limit=limit - len(found)
            )
            found.extend(self._read(document, group) for document in stored)
            if len(found) == limit:
                break
        repeated = await self._repeated(segment, found, snapshot_at)
        return [self._recipient(membership, repeated) for membership in found]

    async def count(self, segment: Segment, *, snapshot_at: int) -> int:
        """How many `page` gives in all."""
        if segment.corrects:
            return await self._reached.count(segment.corrects)
        total = 0
        for group in segment.groups:
            counted = await self._documents.count("memberships", _where(segment, group, snapshot_at))
            total += counted.get("", 0)
        return total

    async def _repeated(self, segment: Segment, page: Sequence[Membership], snapshot_at: int) -> set[str]:
        """Ids of the page whose contact has come already in an earlier group of the segment."""
        earlier: dict[str, list[str]] = {}
        for membership in page:
            for group in segment.groups[: segment.groups.index(membership.group)]:
                earlier.setdefault(f"{group}:{membership.contact_id}", []).append(membership.id)
        ids = list(earlier)
        repeated: set[str] = set()
        for start in range(0, len(ids), 1000):
            there = await self._documents.get_many("memberships", ids[start : start + 1000])
            for id, stored in there.items():
                if _in(segment, stored.body, snapshot_at):
                    repeated.update(earlier[id])
        return repeated

    def _read(self, stored: Stored, group: str) -> Membership:
        """Pages are counted: what cannot be read stays in its place, as a recipient without an address."""
        try:
            return self._memberships.load(stored)
        except Unreadable:
            contact_id = stored.id.removeprefix(f"{group}:")
            return Membership(stored.id, group, contact_id, address_key=f"unreadable:{stored.id}", since=0)

    def _recipient(self, membership: Membership, repeated: set[str]) -> Recipient:
        return Recipient(
            id=membership.id,
            address=Address(membership.kind, membership.address),
            address_key=membership.address_key,
            name=membership.name,
            city=self._cities.get(membership.region, ""),
            repeated=membership.id in repeated,
        )


def _where(segment: Segment, group: str, snapshot_at: int) -> dict[str, Any]:
    where: dict[str, Any] = {"group": group, "since": {"$lte": snapshot_at}}
    if segment.regions:
        where["region"] = {"$in": list(segment.regions)}
    if segment.language:
        where["language"] = segment.language
    return where


def _in(segment: Segment, body: Mapping[str, Any], snapshot_at: int) -> bool:
    """`_where` for a document at hand, whatever its group."""
    return (
        body["since"] <= snapshot_at
        and (not segment.regions or body["region"] in segment.regions)
        and (not segment.language or body["language"] == segment.language)
    )
