"""Contacts and their addresses. An address is found by its blind index, never by its text."""

from __future__ import annotations

from channels.address import Address, AddressKind
from hub.model.contact import Contact, ContactAddress
from hub.runtime.ids import derived_id
from hub.store.codec import Shape
from hub.store.crypto import Vault
from hub.store.documents import Collection, Documents, Insert

COLLECTIONS = (
    Collection("contacts"),
    Collection("addresses"),
)


class ContactRepository:
    """Reads contacts; gives the writes that store new ones."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._vault = vault
        self._contacts = Shape(Contact, "contacts", vault)
        self._addresses = Shape(ContactAddress, "addresses", vault)

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
