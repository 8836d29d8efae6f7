"""The 12110 register in the store: found by blind index of a number, never by its text.

A number is a row of its own, whose id is its blind index, so that it belongs to one person at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from channels.address import Address, AddressKind
from hub.model.people.registered_person import RegisteredPerson, RegisterEntry
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Collection, Delete, Documents, Insert, Stored, Write

COLLECTIONS = (
    Collection(
        "registered_people",
        fields={"updated_at": int, "checked_at": int},
        indexes=(("updated_at",), ("checked_at",)),
    ),
    Collection("registered_numbers", fields={"person_id": str}, indexes=(("person_id",),)),
    Collection("register_log", fields={"person_id": str, "at": int}, indexes=(("person_id", "at"), ("at",))),
)

_MOST_NUMBERS = 100
_NEWEST = (("updated_at", -1),)


class RegisterRepository:
    """Reads the register; gives the writes that change it."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._vault = vault
        self._people = Shape(RegisteredPerson, "registered_people", vault)
        self._log = Shape(RegisterEntry, "register_log", vault)

    def key(self, number: str) -> str:
        """The blind index of a number (E.164): that of the same number on a case."""
        return self._vault.blind(Address(AddressKind.PHONE, number).key)

    async def get(self, person_id: str) -> Versioned[RegisteredPerson] | None:
        """A record, or None."""
        stored = await self._documents.get("registered_people", person_id)
        return None if stored is None else self._people.versioned(stored)

    async def by_keys(self, keys: Sequence[str]) -> Mapping[str, RegisteredPerson]:
        """Whose numbers these are, by blind index; those of nobody are left out."""
        found = await self._documents.get_many("registered_numbers", sorted({key for key in keys if key}))
        if not found:
            return {}
        ids = sorted({one.body["person_id"] for one in found.values()})
        stored = await self._documents.get_many("registered_people", ids)
        people = {person.id: person for person in self._people.listed(stored.values())}
        owners = {key: one.body["person_id"] for key, one in found.items()}
        return {key: people[id] for key, id in owners.items() if id in people}

    async def page(self, *, after: str | None, limit: int) -> tuple[list[RegisteredPerson], str | None]:
        """The records, last changed first, and what gives the next page, None for the last.

        Raises `NoCursor`.
        """
        found = await self._documents.find(
            "registered_people", {}, sort=_NEWEST, limit=limit + 1, after=after
        )
        more = self._documents.cursor(found[limit - 1], _NEWEST) if len(found) > limit else None
        return self._people.listed(found[:limit]), more

    async def count(self, *, checked_before: int | None = None) -> int:
        """How many records there are; of those not made sure of since an instant (ms UTC)."""
        where = {} if checked_before is None else {"checked_at": {"$lt": checked_before}}
        return sum((await self._documents.count("registered_people", where)).values())

    async def log(self, person_id: str, *, limit: int) -> list[RegisterEntry]:
        """What was done with a record, the newest first."""
        found = await self._documents.find(
            "register_log", {"person_id": person_id}, sort=(("at", -1),), limit=limit
        )
        return self._log.listed(found)

    async def logged(self, ids: Sequence[str]) -> frozenset[str]:
        """Those of these ids that stand in the log."""
        return frozenset(await self._documents.get_many("register_log", sorted(set(ids))))

    def insert(self, person: RegisteredPerson) -> list[Insert]:
        """The writes of a new record; a number of somebody else is a Duplicate of `registered_numbers`."""
        return [self._people.insert(person), *self._numbers(person, map(self.key, person.numbers))]

    async def update(self, person: RegisteredPerson, version: int) -> list[Write]:
        """The writes of a record read at `version`. What numbers it had is in the store: the record itself
        may have been one that could not be read."""
        there = {one.id: one for one in await self._numbers_of(person.id)}
        wanted = list(map(self.key, person.numbers))
        return [
            self._people.update(person, version),
            *self._numbers(person, (key for key in wanted if key not in there)),
            *(
                Delete("registered_numbers", key, one.version)
                for key, one in there.items()
                if key not in wanted
            ),
        ]

    async def remove(self, person: Versioned[RegisteredPerson]) -> list[Write]:
        """The writes that take a record and its numbers away."""
        id = person.value.id
        numbers = await self._numbers_of(id)
        return [
            Delete("registered_people", id, person.version),
            *(Delete("registered_numbers", one.id, one.version) for one in numbers),
        ]

    def insert_entry(self, entry: RegisterEntry) -> Insert:
        """The write of a line of the log."""
        return self._log.insert(entry)

    def _numbers(self, person: RegisteredPerson, keys: Iterable[str]) -> list[Insert]:
        return [Insert("registered_numbers", key, {"person_id": person.id}) for key in keys]

    async def _numbers_of(self, person_id: str) -> list[Stored]:
        return await self._documents.find("registered_numbers", {"person_id": person_id}, limit=_MOST_NUMBERS)


def is_number(write: Write) -> bool:
    """Whether a refused write was that of a number: it is somebody else's."""
    return write.collection == "registered_numbers"
