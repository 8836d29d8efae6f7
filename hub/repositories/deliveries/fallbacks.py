"""What was done about red and orange warnings that did not arrive by text: a document per row, once for all.

It says that the person's other channel was tried, or that there is none, so that nobody looks again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Collection, Documents, Insert, Update

COLLECTIONS = (
    Collection(
        "fallbacks",
        fields={"run_id": str, "outcome": str, "at": int},
        indexes=(("run_id", "outcome"), ("outcome",), ("at",)),
    ),
)


class FallbackOutcome(StrEnum):
    """What came of it."""

    TRYING = "trying"  # the other channel has it, or is about to
    NO_CHANNEL = "no_channel"  # the person is known by this address only
    ENDED = "ended"  # the other channel is done, or was stopped because the text arrived after all


@dataclass(frozen=True, slots=True)
class Fallback:
    """id: of the row that did not arrive. run_id: its broadcast.

    delivery_id: of the row on the other channel, "" without one.
    """

    id: str
    run_id: str
    at: int
    outcome: FallbackOutcome
    delivery_id: str = ""


class FallbackRepository:
    """Reads them; gives the writes."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._shape = Shape(Fallback, "fallbacks", vault)

    async def known(self, ids: Sequence[str]) -> set[str]:
        """Those of these rows something was done about."""
        return set(await self._documents.get_many("fallbacks", ids))

    async def trying(self, *, limit: int, after: str | None = None) -> tuple[list[Versioned[Fallback]], str]:
        """Those whose other channel is not done, and where to go on, "" at the end."""
        where = {"outcome": FallbackOutcome.TRYING.value}
        found = await self._documents.find("fallbacks", where, limit=limit, after=after)
        more = self._documents.cursor(found[-1]) if len(found) == limit else ""
        return self._shape.listed_versioned(found), more

    async def counts(self, run_id: str) -> dict[str, int]:
        """How many of a broadcast by outcome."""
        return await self._documents.count("fallbacks", {"run_id": run_id}, by="outcome")

    def insert(self, fallback: Fallback) -> Insert:
        """The write of one; a second about the same row is a Duplicate."""
        return self._shape.insert(fallback)

    def ended(self, fallback: Versioned[Fallback]) -> Update:
        """The write that says it is done."""
        done = {"outcome": FallbackOutcome.ENDED.value}
        return Update("fallbacks", fallback.value.id, done, fallback.version)
