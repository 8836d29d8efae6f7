"""Standing rules not to send: one document per address and subject, found by blind index.

The address itself is never stored; whoever holds only the database cannot tell who opted out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from channels.outbox.ports import OutboxUnavailable
from channels.outbox.suppression import subjects_of
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import (
    MAX_LIMIT,
    Collection,
    Delete,
    Documents,
    Duplicate,
    Insert,
    StoreUnavailable,
    Write,
)

COLLECTIONS = (
    Collection(
        "suppressions",
        fields={"address_key": str, "subject": str, "since": int},
        indexes=(("address_key",), ("subject", "since")),
    ),
)


@dataclass(frozen=True, slots=True)
class Suppression:
    """One rule. since: ms UTC. by: the channel, provider or agent it came from. reason: why."""

    id: str
    address_key: str
    subject: str
    since: int
    reason: str
    by: str


class SuppressionRepository:
    """Implements `channels.outbox.ports.Suppressions`; gives the writes an action puts in its unit of
    work."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._shape = Shape(Suppression, "suppressions", vault, personal=frozenset())

    async def blocked(self, keys: Sequence[tuple[str, str]]) -> frozenset[tuple[str, str]]:
        """Those of (address key, subject) `keys` that are suppressed."""
        by_id = {_id(*key): key for key in keys}
        ids = list(by_id)
        found: set[tuple[str, str]] = set()
        try:
            for start in range(0, len(ids), MAX_LIMIT):
                page = await self._documents.get_many("suppressions", ids[start : start + MAX_LIMIT])
                found.update(by_id[id] for id in page)
        except StoreUnavailable as problem:
            raise OutboxUnavailable(str(problem)) from problem
        return frozenset(found)

    async def suppress(self, key: tuple[str, str], *, reason: str, by: str, at: int) -> None:
        """Adds one rule at once; harmless when it is there already."""
        try:
            await self._documents.commit([self.add(key, reason=reason, by=by, at=at)])
        except Duplicate:
            return
        except StoreUnavailable as problem:
            raise OutboxUnavailable(str(problem)) from problem

    async def wish(self, address_key: str, subject: str, *, out: bool, by: str, at: int) -> list[Write]:
        """The writes of a citizen's wish to stop (`out`) or to start again.

        subject: a subject of `channels.outbox.suppression`, `all`, or "" for what an opt-out without a
        subject means. What is so already needs no write, so a second 退订 changes nothing.
        """
        if not address_key:
            return []
        ids = {_id(address_key, one): one for one in subjects_of(subject)}
        present = await self._documents.get_many("suppressions", list(ids))
        if not out:
            return [Delete("suppressions", id, stored.version) for id, stored in present.items()]
        return [
            self.add((address_key, one), reason="asked", by=by, at=at)
            for id, one in ids.items()
            if id not in present
        ]

    def add(self, key: tuple[str, str], *, reason: str, by: str, at: int) -> Insert:
        """The write of one rule; a Duplicate when it is there already."""
        return self._shape.insert(Suppression(_id(*key), key[0], key[1], at, reason, by))

    def remove(self, rule: Versioned[Suppression]) -> Delete:
        """The write that lifts a rule."""
        return Delete("suppressions", rule.value.id, rule.version)

    async def of_address(self, address_key: str) -> list[Versioned[Suppression]]:
        """Every rule about one address: who, when and why, for the officer."""
        found = await self._documents.find("suppressions", {"address_key": address_key}, limit=50)
        return self._shape.listed_versioned(found)


def _id(address_key: str, subject: str) -> str:
    return f"{address_key}:{subject}"
