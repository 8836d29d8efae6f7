"""What staff note about a person: what they need, which dialect they speak, that nobody may telephone
(请勿致电).

Who changed what, when, stands in the person's own record, sealed like what it tells of. Of merged contacts
the first keeps what is noted; from the others only what is not so any more is taken away, so that what they
needed before is theirs again when they are taken apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from hub.actions.people.find_person import FindPerson, Person
from hub.actions.people.store_contact import store_addresses, unstored
from hub.model.agent import Agent, Permission
from hub.model.people.contact import Contact, ContactEdit, EditKind, Need
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.runtime.errors import Forbidden, Stale
from hub.runtime.ids import new_id
from hub.store.documents import Conflict, Documents, Duplicate, Write


@dataclass(frozen=True, slots=True)
class Noted:
    """What the form says is so now. do_not_call: why, "" = may be called."""

    needs: tuple[Need, ...] = ()
    dialect: str = ""
    do_not_call: str = ""


class EditPerson:
    """Edits."""

    def __init__(
        self, documents: Documents, repositories: Repositories, find: FindPerson, clock: Clock
    ) -> None:
        self._documents = documents
        self._contacts = repositories.contacts
        self._find = find
        self._clock = clock

    async def __call__(
        self, agent: Agent, contact_id: str, noted: Noted, *, version: int, case_id: str = ""
    ) -> None:
        """version, case_id: as in `Person` and `FindPerson`. Raises `NotFound`, `Forbidden` or `Stale`."""
        person = await self._find(agent, contact_id, case_id)
        if not agent.may(Permission.CASE_REPLY):
            raise Forbidden(Permission.CASE_REPLY)
        if person.version != version:
            raise Stale("contact")
        now = self._clock.now_ms()
        writes: list[Write] = []
        for member in person.members:
            writes += await self._member(agent, person, member, noted, now)
        if not writes:
            return
        try:
            await self._documents.commit(writes)
        except (Conflict, Duplicate):
            raise Stale("contact") from None

    async def _member(self, agent: Agent, person: Person, id: str, noted: Noted, now: int) -> list[Write]:
        found = await self._contacts.get(id)
        before = found.value if found else unstored(person, id, at=now)
        after = _noted(before, noted, first=id == person.id)
        if after == before:
            return []
        edit = ContactEdit(
            id=new_id(now),
            contact_id=id,
            at=now,
            by=agent.id,
            kind=EditKind.EDITED,
            side=person.side,
            before=_changed(before, after),
            after=_changed(after, before),
        )
        if found:
            return [self._contacts.update(after, found.version), self._contacts.insert_edit(edit)]
        return [
            self._contacts.insert(after),
            *await store_addresses(self._contacts, person, id, at=now),
            self._contacts.insert_edit(edit),
        ]


def _noted(contact: Contact, noted: Noted, *, first: bool) -> Contact:
    if first:
        return replace(contact, needs=noted.needs, dialect=noted.dialect, do_not_call=noted.do_not_call)
    return replace(
        contact,
        needs=tuple(need for need in contact.needs if need in noted.needs),
        dialect=contact.dialect if noted.dialect else "",
        do_not_call=contact.do_not_call if noted.do_not_call else "",
    )


def _changed(one: Contact, other: Contact) -> Mapping[str, str]:
    """The fields of `one` that are not so in `other`."""
    fields = {
        "needs": (" ".join(one.needs), " ".join(other.needs)),
        "dialect": (one.dialect, other.dialect),
        "do_not_call": (one.do_not_call, other.do_not_call),
    }
    return {name: own for name, (own, others) in fields.items() if own != others}
