"""Standing rules not to send: one document per address and subject, found by blind index.

The address itself is never stored; whoever holds only the database cannot tell who opted out. A masked form
of it, what the citizen wrote and why staff added it are kept sealed, for the officer who asks.
A rule that is lifted leaves a record of who lifted it, when and why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from channels.outbox.ports import OutboxUnavailable
from channels.outbox.suppression import subjects_of
from hub.model.personal import personal
from hub.runtime.ids import new_id
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

ERASED = "erased"
"""Subject of the rule about somebody who had their data erased: no list brings them back."""

COLLECTIONS = (
    Collection(
        "suppressions",
        fields={"address_key": str, "subject": str, "since": int},
        indexes=(("address_key",), ("subject", "since"), ("since",)),
        counted=(("subject",),),
    ),
    Collection(
        "suppression_lifts",
        fields={"address_key": str, "at": int},
        indexes=(("address_key", "at"), ("at",)),
    ),
)


@dataclass(frozen=True, slots=True)
class Suppression:
    """One rule. since: ms UTC. by: the channel, provider, source or agent it came from. reason: why.

    masked: the address as a screen shows it, "" when nobody kept it. word: what the citizen wrote. via, note:
    how staff were told, and what.
    """

    id: str
    address_key: str
    subject: str
    since: int
    reason: str
    by: str
    via: str = ""
    masked: str = personal()
    word: str = personal()
    note: str = personal()


@dataclass(frozen=True, slots=True)
class Lift:
    """A rule that was lifted: the rule as it was (since, by), by whom it was lifted, when and why."""

    id: str
    address_key: str
    subject: str
    since: int
    by: str
    at: int
    lifted_by: str
    via: str = ""
    masked: str = personal()
    note: str = personal()


class SuppressionRepository:
    """Implements `channels.outbox.ports.Suppressions`; gives the writes an action puts in its unit of
    work."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._shape = Shape(Suppression, "suppressions", vault)
        self._lifts = Shape(Lift, "suppression_lifts", vault)

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

    async def wish(
        self,
        address_key: str,
        subject: str,
        *,
        out: bool,
        by: str,
        at: int,
        masked: str = "",
        word: str = "",
        note: str = "",
    ) -> list[Write]:
        """The writes of a citizen's wish to stop (`out`) or to start again.

        subject: a subject of `channels.outbox.suppression`, `all`, or "" for what an opt-out without a
        subject means. What is so already needs no write, so a second 退订 changes nothing.
        """
        if not address_key:
            return []
        ids = {_id(address_key, one): one for one in subjects_of(subject)}
        present = await self._documents.get_many("suppressions", list(ids))
        if not out:
            rules = self._shape.listed_versioned(present.values())
            return [write for rule in rules for write in self.lift(rule, by=by, at=at, note=word or note)]
        return [
            self.add((address_key, one), reason="asked", by=by, at=at, masked=masked, word=word, note=note)
            for id, one in ids.items()
            if id not in present
        ]

    def add(
        self,
        key: tuple[str, str],
        *,
        reason: str,
        by: str,
        at: int,
        via: str = "",
        masked: str = "",
        word: str = "",
        note: str = "",
    ) -> Insert:
        """The write of one rule; a Duplicate when it is there already."""
        return self._shape.insert(Suppression(_id(*key), *key, at, reason, by, via, masked, word, note))

    def lift(
        self, rule: Versioned[Suppression], *, by: str, at: int, via: str = "", note: str = ""
    ) -> list[Write]:
        """The writes that lift a rule and keep that it was there."""
        old = rule.value
        lifted = Lift(
            new_id(at), old.address_key, old.subject, old.since, old.by, at, by, via, old.masked, note
        )
        return [Delete("suppressions", old.id, rule.version), self._lifts.insert(lifted)]

    async def get(self, rule_id: str) -> Versioned[Suppression] | None:
        """One rule, or None."""
        stored = await self._documents.get("suppressions", rule_id)
        return None if stored is None else self._shape.versioned(stored)

    async def page(
        self, *, subject: str = "", after: str | None = None, limit: int
    ) -> tuple[list[Suppression], str | None]:
        """Rules, the newest first, and where the next page begins."""
        where = {"subject": subject} if subject else {}
        sort = (("since", -1),)
        stored = await self._documents.find("suppressions", where, sort=sort, limit=limit + 1, after=after)
        following = self._documents.cursor(stored[limit - 1], sort) if len(stored) > limit else None
        return self._shape.listed(stored[:limit]), following

    async def counts(self) -> dict[str, int]:
        """How many rules there are about each subject; costs the number of subjects."""
        counted = await self._documents.counted("suppressions", ("subject",))
        return {str(subject): number for (subject,), number in counted.items()}

    async def since(self, subject: str, start: int, end: int) -> int:
        """How many rules of a subject in force now began in [start, end)."""
        where = {"subject": subject, "since": {"$gte": start, "$lt": end}}
        return (await self._documents.count("suppressions", where)).get("", 0)

    async def lifts(self, address_key: str) -> list[Lift]:
        """Rules about an address that were lifted, the newest first."""
        where = {"address_key": address_key}
        found = await self._documents.find("suppression_lifts", where, sort=(("at", -1),), limit=50)
        return self._lifts.listed(found)

    async def lifted(self, address_keys: Sequence[str]) -> dict[tuple[str, str], list[Lift]]:
        """Rules about these addresses that were lifted, by (address key, subject); of some 200 addresses."""
        where = {"address_key": {"$in": list(address_keys)}}
        found: dict[tuple[str, str], list[Lift]] = {}
        for lift in self._lifts.listed(
            await self._documents.find("suppression_lifts", where, limit=MAX_LIMIT)
        ):
            found.setdefault((lift.address_key, lift.subject), []).append(lift)
        return found

    async def of_address(self, address_key: str) -> list[Versioned[Suppression]]:
        """Every rule about one address: who, when and why, for the officer."""
        found = await self._documents.find("suppressions", {"address_key": address_key}, limit=50)
        return self._shape.listed_versioned(found)


def _id(address_key: str, subject: str) -> str:
    return f"{address_key}:{subject}"
