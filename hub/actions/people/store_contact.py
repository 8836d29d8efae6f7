"""Stores a contact that is known by a case only. Who texts or calls has a contact by the blind index of the
number, and nothing is stored of it before something is known of the person besides: a need, a merge."""

from __future__ import annotations

from hub.actions.people.find_person import Person
from hub.model.people.contact import Contact
from hub.repositories.contacts import ContactRepository
from hub.store.documents import Write


def unstored(person: Person, contact_id: str, *, at: int) -> Contact:
    """The contact as it is before anything is noted."""
    name = next((case.applicant.name for case in person.cases if case.applicant.name), "")
    return Contact(contact_id, at, name=name)


async def store_addresses(
    contacts: ContactRepository, person: Person, contact_id: str, *, at: int
) -> list[Write]:
    """The writes of this contact's addresses that the person's cases know and nobody stored."""
    owners = await contacts.owners([case.applicant.address_key for case in person.cases])
    own = {
        case.applicant.address_key: case.applicant.address
        for case in person.cases
        if owners[case.applicant.address_key] == contact_id
    }
    return [
        contacts.insert_known(contact_id, key, value, at=at)
        for key, value in own.items()
        if await contacts.address(key) is None
    ]
