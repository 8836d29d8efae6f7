"""Duty watches and open alarm pages in the store, so that every process knows whether anybody listens."""

from __future__ import annotations

from dataclasses import replace

from hub.model.alarms.duty import DutyPage, DutyWatch
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Collection, Documents, Insert, Update
from hub.store.until_committed import until_committed

COLLECTIONS = (
    Collection(
        "duty_watches",
        fields={"ended_at": int, "holder": str},
        indexes=(("ended_at",),),
        unique=(("holder",),),  # nobody is on duty twice
    ),
    Collection("duty_pages", fields={"seen_at": int}, indexes=(("seen_at",),)),
)

_MOST = 200
_TRIES = 4


class DutyRepository:
    """Reads and writes them."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._watches = Shape(DutyWatch, "duty_watches", vault)
        self._pages = Shape(DutyPage, "duty_pages", vault)

    async def on_duty(self) -> list[Versioned[DutyWatch]]:
        """The turns that run now, the longest first."""
        found = await self._documents.find("duty_watches", {"ended_at": 0}, limit=_MOST)
        return sorted(self._watches.listed_versioned(found), key=lambda one: one.value.since)

    async def last_ended(self) -> Versioned[DutyWatch] | None:
        """The turn that ended last: whose note the next one reads."""
        where = {"ended_at": {"$gt": 0}}
        found = await self._documents.find("duty_watches", where, sort=(("ended_at", -1),), limit=1)
        return next(iter(self._watches.listed_versioned(found)), None)

    def insert(self, watch: DutyWatch) -> Insert:
        """The write of a new turn; a Duplicate when the officer is on duty already."""
        write = self._watches.insert(watch)
        write.body["holder"] = watch.agent_id
        return write

    def update(self, watch: DutyWatch, version: int) -> Update:
        """The write of a turn read at `version`."""
        write = self._watches.update(watch, version)
        write.set["holder"] = None if watch.ended_at else watch.agent_id
        return write

    async def pages(self, *, since: int) -> list[DutyPage]:
        """Pages whose stream was answered after an instant."""
        where = {"seen_at": {"$gt": since}}
        return self._pages.listed(await self._documents.find("duty_pages", where, limit=_MOST))

    async def seen(self, page: DutyPage, *, keeps_sound: bool) -> None:
        """An open page answered. keeps_sound: with the sound test it had, if it had one. A page of somebody
        else with the same id is left alone."""

        async def decide() -> tuple[list[Insert | Update], None]:
            stored = await self._documents.get("duty_pages", page.id)
            if stored is None:
                return [self._pages.insert(page)], None
            before = self._pages.load(stored)
            if before.agent_id != page.agent_id:
                return [], None
            after = replace(page, sound_at=before.sound_at) if keeps_sound else page
            return [self._pages.update(after, stored.version)], None

        await until_committed(self._documents, decide, tries=_TRIES)
