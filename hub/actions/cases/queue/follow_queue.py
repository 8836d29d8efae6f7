"""The queue while it changes: which cases each view holds, told by the cases that changed.

A view is read once, when the first page shows it, and kept up by the cases that change: what it costs
depends on how much changes and on how many different views are open, not on how many pages show them. A
view is the same for two agents when the policy asks for the same cases.
"""

from __future__ import annotations

import asyncio
import secrets
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakValueDictionary

from hub.actions.cases.queue.read_queue import QueueRow, QueueView, ReadQueue, filter_of
from hub.model.agent import Agent
from hub.model.cases.case import Case
from hub.model.track import Compartment
from hub.repositories.cases import CaseRepository
from hub.store.codec import Versioned
from hub.store.documents import Stored

_LAST_VIEWS = 256
"""So many are kept that no page holds, for pages whose stream is about to open."""


@dataclass(slots=True, weakref_slot=True)
class LiveView:
    """The cases of one view. epoch: another one each time it is read anew; places of it mean nothing then.

    count: how often it changed, so that who shows it knows whether to look.
    """

    shows: Callable[[Stored], bool]
    epoch: str = field(default_factory=lambda: secrets.token_urlsafe(6))
    count: int = 0
    ids: set[str] = field(default_factory=set)
    read: asyncio.Event = field(default_factory=asyncio.Event)
    _entered: dict[str, int] = field(default_factory=dict)
    _places: list[int] = field(default_factory=list)
    _place: int = 0

    @property
    def place(self) -> str:
        """Where the view stands now, for a page that is made now; `fresh` counts from there."""
        return f"{self.epoch}.{self._place}"

    @property
    def now(self) -> int:
        """The number behind which everything is new from here on."""
        return self._place

    def take(self, stored: Stored) -> None:
        """A case as it is now."""
        id, is_in = stored.id, self.shows(stored)
        if is_in == (id in self.ids):
            return
        self.count += 1
        if is_in:
            self._place += 1
            self.ids.add(id)
            self._entered[id] = self._place
            self._places.append(self._place)
        else:
            self.ids.discard(id)
            place = self._entered.pop(id, 0)
            if place:
                del self._places[bisect_right(self._places, place) - 1]

    def begin(self, ids: Iterable[str]) -> None:
        """The cases that were found when the view was read; nothing of it is new to anybody."""
        self.ids |= set(ids)
        self._entered.clear()
        self._places.clear()

    def number(self, place: str) -> int | None:
        """The number behind `fresh`, None when the place is of another epoch."""
        epoch, _, number = place.rpartition(".")
        return int(number) if epoch == self.epoch and number.isdecimal() else None

    def fresh(self, number: int, shown: Iterable[str]) -> int:
        """How many cases came in behind a place and are still there, without those a page shows already."""
        new = len(self._places) - bisect_right(self._places, number)
        return new - sum(self._entered.get(id, 0) > number for id in shown) if new else 0


class FollowQueue:
    """The live views of one process, and what changed in them."""

    def __init__(self, cases: CaseRepository, read_queue: ReadQueue) -> None:
        self._cases = cases
        self._read_queue = read_queue
        self._views: WeakValueDictionary[str, LiveView] = WeakValueDictionary()
        self._last: deque[LiveView] = deque(maxlen=_LAST_VIEWS)
        self._meanwhile: set[str] = set()

    async def view(self, agent: Agent, view: QueueView) -> LiveView:
        """The view as this agent sees it, read when nobody looked at it before."""
        compartments, where = filter_of(view, agent)
        key = f"{sorted(compartments)} {where}"
        found = self._views.get(key)
        if found is None:
            found = LiveView(self._cases.shows(compartments, where) if compartments else lambda _: False)
            self._views[key] = found
            try:
                await self._read(found, compartments, where)
            except BaseException:
                self._views.pop(key, None)
                raise
            finally:
                found.read.set()
        self._last.append(found)
        await found.read.wait()
        return found

    async def _read(
        self, view: LiveView, compartments: frozenset[Compartment], where: Mapping[str, Any]
    ) -> None:
        view.begin(await self._cases.ids(compartments, where))
        # What changed while it was read may have been read as it was before.
        for stored in (await self._cases.as_stored(sorted(self._meanwhile))).values():
            view.take(stored)
        view.begin(())
        if all(other.read.is_set() for other in list(self._views.values()) if other is not view):
            self._meanwhile.clear()

    async def take(self, ids: Sequence[str]) -> list[Stored]:
        """Reads cases that changed into every view; the cases as they are now."""
        if not all(view.read.is_set() for view in list(self._views.values())):
            self._meanwhile.update(ids)
        changed = list((await self._cases.as_stored(ids)).values())
        for view in list(self._views.values()):
            for stored in changed:
                view.take(stored)
        return changed

    async def stored(self, ids: Sequence[str]) -> list[Stored]:
        """Cases as they are stored."""
        return list((await self._cases.as_stored(ids)).values()) if ids else []

    def unsealed(self, stored: Stored) -> Versioned[Case] | None:
        """The case, None when it cannot be read."""
        return self._cases.unsealed(stored)

    async def rows(self, cases: Sequence[Versioned[Case]]) -> tuple[QueueRow, ...]:
        """The lines of cases."""
        return await self._read_queue.rows(cases)
