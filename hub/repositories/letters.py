"""Letters that wait to be read, and those that were."""

from __future__ import annotations

from dataclasses import dataclass

from hub.model.letter import Letter, LetterState
from hub.model.track import Compartment
from hub.runtime.ids import derived_id
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Collection, Documents, Insert, Update

COLLECTIONS = (
    Collection(
        "letters",
        fields={"state": str, "next_at": int, "compartment": str},
        indexes=(("state", "next_at"), ("state", "compartment")),
    ),
)
_NEWEST_FIRST = (("next_at", -1),)


@dataclass(frozen=True, slots=True)
class LetterPage:
    """Some letters; `next` continues behind them, None at the end."""

    letters: tuple[Versioned[Letter], ...]
    next: str | None


async def unreadable(documents: Documents, *, outside_only: bool) -> int:
    """How many letters nobody could read and nobody dealt with. outside_only: none behind the compartment."""
    where: dict[str, str] = {"state": str(LetterState.UNREADABLE)}
    if outside_only:
        where["compartment"] = str(Compartment.NONE)
    return sum((await documents.count("letters", where)).values())


class LetterRepository:
    """Reads and claims letters; gives the writes that store them."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._vault = vault
        self._letters = Shape(Letter, "letters", vault)

    def id_for(self, channel: str, file_id: str, envelope_from: str, recipient: str) -> str:
        """The id of a letter; it tells nothing of the addresses."""
        return self._vault.blind(f"letter:{derived_id(channel, file_id, envelope_from, recipient)}")

    async def claim(self, *, lease_seconds: float) -> Versioned[Letter] | None:
        """The letter whose turn it is, for nobody else until the lease is over; None when none waits.

        Also None when its row is damaged: it comes again after the lease, and holds up none behind it.
        """
        now = await self._documents.now_ms()
        claimed = await self._documents.claim(
            "letters",
            {"state": str(LetterState.WAITING), "next_at": {"$lte": now}},
            sort=(("next_at", 1),),
            limit=1,
            set={"next_at": now + round(lease_seconds * 1000)},
        )
        return next(iter(self._letters.listed_versioned(claimed)), None)

    async def get(self, letter_id: str) -> Versioned[Letter] | None:
        """One letter, or None."""
        stored = await self._documents.get("letters", letter_id)
        return None if stored is None else self._letters.versioned(stored)

    async def unreadable(self, *, limit: int, after: str | None = None) -> LetterPage:
        """Those nobody could read and nobody dealt with, the newest first."""
        found = await self._documents.find(
            "letters",
            {"state": str(LetterState.UNREADABLE)},
            sort=_NEWEST_FIRST,
            limit=limit + 1,
            after=after,
        )
        page = found[:limit]
        further = self._documents.cursor(page[-1], _NEWEST_FIRST) if len(found) > limit else None
        return LetterPage(tuple(self._letters.listed_versioned(page)), further)

    def insert(self, letter: Letter) -> Insert:
        """The write of a new letter; `Duplicate` when it was handed over before."""
        return self._letters.insert(letter)

    def update(self, letter: Letter, version: int) -> Update:
        """The write of a letter read at `version`."""
        return self._letters.update(letter, version)
