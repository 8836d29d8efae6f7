"""Who is in which group: one document per group and contact, so that a segment is read page by page.

A contact lists its groups, but a list cannot be filtered by equality on every engine; a membership
can. It carries the address and the name, sealed, so that expanding a segment of a million reads one
collection in order and nothing else. Whoever is in a group is in the group `EVERYBODY` as well: that row
stands for the contact in lists.

How many fit a filter is never counted by looking at them: the store keeps how many there are of every
combination of what a segment filters by (`CUBE`), and a filter adds up combinations. Tags and sources are
sets, each kept as one text; there are few different sets, so "has this tag" is a list of texts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from campaigns.ports import Recipient
from campaigns.segment import EVERYBODY, Segment, unpacked
from channels.address import Address, AddressKind, is_textable
from hub.model.people.contact import Contact
from hub.model.personal import personal
from hub.repositories.sending.reached import Reached
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import MAX_LIMIT, Collection, Delete, Documents, Insert, Stored, Update
from hub.store.unreadable import Unreadable

CUBE = ("group", "region", "language", "reach", "consent", "tags", "sources")
"""Everything a segment filters by."""

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
            "reach": str,
            "consent": str,
            "tags": str,
            "sources": str,
            "name_key": str,
            "listed_at": int,
        },
        indexes=(
            ("group", "contact_id"),
            ("contact_id",),
            ("address_key",),
            ("name_key",),
            ("listed_at",),
        ),
        counted=(CUBE, ("group",), ("tags",), ("sources",)),
    ),
)


class Reach(StrEnum):
    """By what a contact can be written to, as its address shows."""

    SMS = "sms"
    MAIL = "mail"
    NONE = "none"  # a landline, a chat


def reach_of(address: Address) -> Reach:
    """By what an address can be written to."""
    if is_textable(address):
        return Reach.SMS
    return Reach.MAIL if address.kind is AddressKind.EMAIL else Reach.NONE


@dataclass(frozen=True, slots=True)
class Membership:
    """One contact in one group, reached at one address. `since`: ms UTC. id: `group:contact_id`.

    tags, sources: sets of words, see `campaigns.segment.packed`; the same in every group of the contact, as
    are region, language, consent and name. batch: the import that brought the row, "" for none. In the row of
    `EVERYBODY` only: name_key, blind index of the name, and listed_at, its `since` once more, by which people
    are listed. (An index of group and `since` would draw the paging of a broadcast to itself, which reads by
    contact.)
    """

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
    reach: Reach = Reach.SMS
    consent: str = ""
    tags: str = ""
    sources: str = ""
    name_key: str = ""
    listed_at: int | None = None
    batch: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """How many rows of a group have exactly these properties."""

    group: str
    region: str
    language: str
    reach: str
    consent: str
    tags: frozenset[str]
    sources: frozenset[str]
    count: int


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
            reach=reach_of(address),
            name_key=self.name_key(contact.name) if group == EVERYBODY else "",
            listed_at=at if group == EVERYBODY else None,
        )
        return self._memberships.insert(membership)

    def insert(self, membership: Membership) -> Insert:
        """The write of a row; one that is there is a Duplicate."""
        return self._memberships.insert(membership)

    def update(self, membership: Membership, version: int) -> Update:
        """The write of a row read at `version`."""
        return self._memberships.update(membership, version)

    def name_key(self, name: str) -> str:
        """The blind index of a whole name, blanks aside; "" of none."""
        bare = "".join(name.split()).casefold()
        return self._vault.blind(f"name:{bare}") if bare else ""

    def leave(self, membership: Versioned[Membership]) -> Delete:
        """The write that takes a contact out of a group."""
        return Delete("memberships", membership.value.id, membership.version)

    async def groups(self) -> dict[str, int]:
        """Every group with the number of its members, `EVERYBODY` first."""
        counted = await self._documents.counted("memberships", ("group",))
        found = {str(group): number for (group,), number in counted.items()}
        return {group: found[group] for group in sorted(found, key=lambda name: (name != EVERYBODY, name))}

    async def words(self, of: str) -> dict[str, int]:
        """The `tags` or `sources` in use; how many people carry each."""
        counted = await self._documents.counted("memberships", CUBE, (EVERYBODY,))
        found: dict[str, int] = {}
        for group, number in counted.items():
            for word in unpacked(group[CUBE.index(of)]):
                found[word] = found.get(word, 0) + number
        return dict(sorted(found.items()))

    async def cells(self, groups: Sequence[str]) -> list[Cell]:
        """Every combination of properties in these groups with its number: some thousands at most,
        whatever the number of people."""
        found: list[Cell] = []
        for group in dict.fromkeys(groups):
            counted = await self._documents.counted("memberships", CUBE, (group,))
            found += [
                Cell(
                    group,
                    values[1] or "",
                    values[2] or "",
                    values[3] or Reach.SMS,
                    values[4] or "",
                    frozenset(unpacked(values[5])),
                    frozenset(unpacked(values[6])),
                    number,
                )
                for values, number in counted.items()
            ]
        return found

    async def listed(
        self, where: Mapping[str, Any], segment: Segment, *, after: str | None, limit: int
    ) -> tuple[list[Membership], str | None]:
        """People that fit a segment of one group, and where the next page begins: of everybody who came last
        first, of another group by contact."""
        group = segment.groups[0]
        wanted = {**await self._where(segment, group), **where}
        sort = (("contact_id", 1),)
        if group == EVERYBODY:
            del wanted["group"]
            wanted["listed_at"] = {"$gt": 0}
            sort = (("listed_at", -1),)
        stored = await self._documents.find("memberships", wanted, sort=sort, limit=limit + 1, after=after)
        following = self._documents.cursor(stored[limit - 1], sort) if len(stored) > limit else None
        return self._memberships.listed(stored[:limit]), following

    async def named(self, name: str, *, limit: int) -> list[Membership]:
        """Everybody of exactly this name."""
        key = self.name_key(name)
        found = await self._documents.find("memberships", {"name_key": key}, limit=limit) if key else []
        return self._memberships.listed(found)

    async def of_contacts(self, contact_ids: Sequence[str]) -> dict[str, list[Versioned[Membership]]]:
        """Every row of these contacts, by contact."""
        found: dict[str, list[Versioned[Membership]]] = {id: [] for id in contact_ids}
        if not contact_ids:
            return found
        where = {"contact_id": {"$in": list(contact_ids)}}
        for stored in await self._documents.find("memberships", where, limit=MAX_LIMIT):
            found[stored.body["contact_id"]] += self._memberships.listed_versioned([stored])
        return found

    async def of_addresses(self, address_keys: Sequence[str]) -> dict[str, Membership]:
        """Who is reached at these addresses, one row of each."""
        if not address_keys:
            return {}
        # Not asked for by group: an engine might go through the group instead of the addresses.
        where = {"address_key": {"$in": sorted(set(address_keys))}}
        stored = await self._documents.find("memberships", where, limit=MAX_LIMIT)
        everybody = [row for row in stored if row.body["group"] == EVERYBODY]
        return {row.address_key: row for row in self._memberships.listed(everybody)}

    async def keys_page(
        self, segment: Segment, *, after: str, limit: int, snapshot_at: int
    ) -> tuple[list[tuple[str, str]], int, str]:
        """Of the next recipients those who have not come in an earlier group, as (address key, reach); how
        many have; and where it goes on, "" at the end. Nothing is unsealed: counting reads 1,000,000."""
        stored = await self._stored(segment, after=after, limit=limit, snapshot_at=snapshot_at)
        rows = [(row.id, row.body["group"], row.body["contact_id"]) for row in stored]
        repeated = await self._repeated(segment, rows, snapshot_at)
        kept = [
            (row.body["address_key"], row.body.get("reach") or Reach.SMS)
            for row in stored
            if row.id not in repeated
        ]
        return kept, len(repeated), stored[-1].id if len(stored) == limit else ""

    async def page(
        self, segment: Segment, *, after: str, limit: int, snapshot_at: int
    ) -> Sequence[Recipient]:
        """See `campaigns.ports.Recipients`: group by group in the segment's order, by contact id."""
        if segment.corrects:
            return await self._reached.page_of_all(segment.corrects, after=after, limit=limit)
        stored = await self._stored(segment, after=after, limit=limit, snapshot_at=snapshot_at)
        found = [self._read(document, document.body["group"]) for document in stored]
        rows = [(one.id, one.group, one.contact_id) for one in found]
        repeated = await self._repeated(segment, rows, snapshot_at)
        return [self._recipient(membership, repeated) for membership in found]

    async def _stored(self, segment: Segment, *, after: str, limit: int, snapshot_at: int) -> list[Stored]:
        found: list[Stored] = []
        group_of_after, _, contact_of_after = after.partition(":")
        start = segment.groups.index(group_of_after) if after else 0
        for group in segment.groups[start:]:
            where = await self._where(segment, group, snapshot_at)
            if group == group_of_after:
                where["contact_id"] = {"$gt": contact_of_after}
            found += await self._documents.find(
                "memberships", where, sort=(("contact_id", 1),), limit=limit - len(found)
            )
            if len(found) == limit:
                break
        return found

    async def count(self, segment: Segment, *, snapshot_at: int) -> int:
        """How many `page` gives in all."""
        if segment.corrects:
            return await self._reached.count_of_all(segment.corrects)
        total = 0
        for group in segment.groups:
            counted = await self._documents.count(
                "memberships", await self._where(segment, group, snapshot_at)
            )
            total += counted.get("", 0)
        return total

    async def _where(self, segment: Segment, group: str, snapshot_at: int | None = None) -> dict[str, Any]:
        where: dict[str, Any] = {"group": group}
        if snapshot_at is not None:
            where["since"] = {"$lte": snapshot_at}
        if segment.regions:
            where["region"] = {"$in": list(segment.regions)}
        if segment.language:
            where["language"] = segment.language
        if segment.consent:
            where["consent"] = segment.consent
        for name, wanted in (("tags", segment.tags), ("sources", segment.sources)):
            if wanted:  # every set in use that holds one of them
                sets = await self._documents.counted("memberships", (name,))
                where[name] = {"$in": [kept for (kept,) in sets if set(wanted) & set(unpacked(kept))]}
        return where

    async def _repeated(
        self, segment: Segment, page: Sequence[tuple[str, str, str]], snapshot_at: int
    ) -> set[str]:
        """Ids of the page, of (id, group, contact id), whose contact has come already in an earlier group."""
        earlier: dict[str, list[str]] = {}
        for id, of_group, contact_id in page:
            for group in segment.groups[: segment.groups.index(of_group)]:
                earlier.setdefault(f"{group}:{contact_id}", []).append(id)
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


def _in(segment: Segment, body: Mapping[str, Any], snapshot_at: int) -> bool:
    """`_where` for a document at hand, whatever its group."""
    return (
        body["since"] <= snapshot_at
        and (not segment.regions or body["region"] in segment.regions)
        and (not segment.language or body["language"] == segment.language)
        and (not segment.consent or body.get("consent") == segment.consent)
        and (not segment.tags or not set(segment.tags).isdisjoint(unpacked(body.get("tags"))))
        and (not segment.sources or not set(segment.sources).isdisjoint(unpacked(body.get("sources"))))
    )


def fits(segment: Segment, cell: Cell) -> bool:
    """Whether those of a combination are in a segment, whatever their group."""
    return (
        (not segment.regions or cell.region in segment.regions)
        and (not segment.language or cell.language == segment.language)
        and (not segment.consent or cell.consent == segment.consent)
        and (not segment.tags or not cell.tags.isdisjoint(segment.tags))
        and (not segment.sources or not cell.sources.isdisjoint(segment.sources))
    )
