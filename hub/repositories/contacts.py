"""Contacts and their addresses. An address is found by its blind index, never by its text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from channels.address import Address, AddressKind, masked
from hub.model.people.contact import Contact, ContactAddress, ContactEdit, ContactLink, Side
from hub.runtime.ids import derived_id
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Collection, Delete, Documents, Insert, Update

COLLECTIONS = (
    Collection("contacts"),
    Collection("addresses", fields={"contact_id": str}, indexes=(("contact_id",),)),
    Collection("contact_links", fields={"side": str, "into": str}, indexes=(("into", "side"),)),
    Collection("contact_edits", fields={"contact_id": str, "at": int}, indexes=(("contact_id", "at"),)),
)

_MANY = 200


class ContactRepository:
    """Reads contacts; gives the writes that store new ones."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._vault = vault
        self._contacts = Shape(Contact, "contacts", vault)
        self._addresses = Shape(ContactAddress, "addresses", vault)
        self._links = Shape(ContactLink, "contact_links", vault)
        self._edits = Shape(ContactEdit, "contact_edits", vault)

    def key(self, address: Address) -> str:
        """The blind index of an address; "" for a withheld caller, who must never be looked up."""
        return self._vault.blind(address.key) if address.value else ""

    def chat_key(self, session: str) -> str:
        """The blind index of a web chat's opaque address."""
        return self.key(Address(AddressKind.CHAT, session))

    async def contact_id(self, address_key: str) -> str | None:
        """Whose address it is, or None."""
        stored = await self._documents.get("addresses", address_key)
        return None if stored is None else stored.body["contact_id"]

    async def owner(self, address_key: str) -> str:
        """Whose address it is: of one nothing else is known of, the contact `id_for` names."""
        return await self.contact_id(address_key) or self.id_for(address_key)

    @staticmethod
    def id_for(address_key: str) -> str:
        """The contact an address makes by itself. It is stored once more than the address is known."""
        return derived_id("contact", address_key)

    async def get(self, contact_id: str) -> Versioned[Contact] | None:
        """A contact with its version, or None."""
        stored = await self._documents.get("contacts", contact_id)
        return None if stored is None else self._contacts.versioned(stored)

    async def many(self, ids: Sequence[str]) -> dict[str, Contact]:
        """Those that exist, by id."""
        found = await self._documents.get_many("contacts", sorted({id for id in ids if id}))
        return {contact.id: contact for contact in self._contacts.listed(found.values())}

    async def owners(self, address_keys: Sequence[str]) -> dict[str, str]:
        """Whose addresses these are, by blind index; those nothing else is known of as in `owner`."""
        wanted = sorted({key for key in address_keys if key})
        found = await self._documents.get_many("addresses", wanted)
        return {key: found[key].body["contact_id"] if key in found else self.id_for(key) for key in wanted}

    async def known(self, address_keys: Sequence[str]) -> dict[str, str]:
        """Blind index → contact of the addresses that are stored."""
        found = await self._documents.get_many("addresses", sorted(set(address_keys)))
        return {key: stored.body["contact_id"] for key, stored in found.items()}

    async def masked(self, address_keys: Sequence[str]) -> dict[str, str]:
        """Blind index → what a screen shows of the address, of those that are stored."""
        found = await self._documents.get_many("addresses", sorted(set(address_keys)))
        shown = self._addresses.listed(found.values())
        return {one.id: masked(Address(AddressKind(one.kind), one.value)) for one in shown}

    async def addresses(self, contact_ids: Sequence[str]) -> list[ContactAddress]:
        """The addresses of these contacts, at most 200."""
        where = {"contact_id": {"$in": list(contact_ids)}}
        return self._addresses.listed(await self._documents.find("addresses", where, limit=_MANY))

    async def address(self, address_key: str) -> ContactAddress | None:
        """An address by its blind index, or None."""
        stored = await self._documents.get("addresses", address_key)
        return None if stored is None else self._addresses.load(stored)

    async def link(self, side: Side, contact_id: str) -> Versioned[ContactLink] | None:
        """Under whom a contact is shown on this side, or None."""
        stored = await self._documents.get("contact_links", link_id(side, contact_id))
        return None if stored is None else self._links.versioned(stored)

    async def together(self, side: Side, contact_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Everybody each of these contacts is merged with on this side, the one they are shown under
        first."""
        above: dict[str, str] = {}
        look = set(contact_ids)
        while look:
            found = await self._documents.get_many(
                "contact_links", [link_id(side, id) for id in sorted(look)]
            )
            links = {stored.body["contact_id"]: stored.body["into"] for stored in found.values()}
            above |= links
            look = set(links.values()) - above.keys()
        roots = {id: _root(above, id) for id in contact_ids}
        below: dict[str, list[str]] = {}
        look = set(roots.values())
        while look:
            where = {"into": {"$in": sorted(look)}, "side": str(side)}
            listed = self._links.listed(await self._documents.find("contact_links", where, limit=_MANY))
            for link in sorted(listed, key=lambda link: link.at):
                below.setdefault(link.into, []).append(link.contact_id)
            look = {link.contact_id for link in listed} - below.keys() - set(roots.values())
        return {id: _under(below, root) for id, root in roots.items()}

    async def edits(self, contact_ids: Sequence[str], *, limit: int) -> list[ContactEdit]:
        """What was done to these contacts, the newest first."""
        where = {"contact_id": {"$in": list(contact_ids)}}
        found = await self._documents.find("contact_edits", where, sort=(("at", -1),), limit=limit)
        return self._edits.listed(found)

    def insert_link(self, link: ContactLink) -> Insert:
        """The write of a link; a contact that is in one already is a Duplicate."""
        return self._links.insert(link)

    def remove_link(self, link: Versioned[ContactLink]) -> Delete:
        """The write that takes a link away."""
        return Delete("contact_links", link.value.id, link.version)

    def insert_edit(self, edit: ContactEdit) -> Insert:
        """The write of what was done."""
        return self._edits.insert(edit)

    def update(self, contact: Contact, version: int) -> Update:
        """The write of a contact read at `version`."""
        return self._contacts.update(contact, version)

    def insert(self, contact: Contact) -> Insert:
        """The write of a new contact."""
        return self._contacts.insert(contact)

    def insert_address(self, contact_id: str, address: Address, *, at: int) -> Insert:
        """The write of an address; its id is the blind index, so that two at once are a Duplicate."""
        return self._addresses.insert(
            ContactAddress(
                id=self.key(address),
                contact_id=contact_id,
                kind=address.kind,
                created_at=at,
                value=address.value,
            )
        )

    def insert_known(self, contact_id: str, address_key: str, value: str, *, at: int) -> Insert:
        """The write of a telephone number or mail address that a case knows by value and blind index."""
        kind = AddressKind.EMAIL if "@" in value else AddressKind.PHONE
        return self._addresses.insert(ContactAddress(address_key, contact_id, kind, at, value=value))


def link_id(side: Side, contact_id: str) -> str:
    """The id of the one link a contact may be in on a side."""
    return f"{side}:{contact_id}"


def _root(above: Mapping[str, str], id: str) -> str:
    """The end of the links from a contact. Two merges at the very same time may make a circle, which an undo
    opens again: until then everybody in it is shown under the same one."""
    passed = [id]
    while (id := above.get(id, "")) and id not in passed:
        passed.append(id)
    return min(passed[passed.index(id) :]) if id else passed[-1]


def _under(below: Mapping[str, Sequence[str]], root: str) -> tuple[str, ...]:
    found = [root]
    for id in found:
        found += [other for other in below.get(id, ()) if other not in found]
    return tuple(found)
