"""The queue while it changes: what is new in each list and how many cases it holds, told by what changed.

A list is counted once, when the first page shows it, and kept up by the changes of cases (`QueueFeed`): what
it costs depends on how much changes and on how many different lists are open, not on how many pages show
them or how many cases they hold. A list is the same for two agents when the policy asks for the same cases.

What another process changed is known only as it is now: such a case is new in a list when it was received
since the list is followed, and the lists it may have left are counted again.
"""

from __future__ import annotations

import asyncio
import secrets
from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from hub.actions.cases.queue.query import QueueQuery, selection_of
from hub.actions.cases.queue.read_queue import QueueRow, ReadQueue
from hub.model.agent import Agent
from hub.model.cases.case import Case
from hub.model.cases.queue.selection import Selection
from hub.repositories.cases import CaseRepository
from hub.repositories.queue.feed import QueueChange, QueueFeed
from hub.runtime.clock import Clock
from hub.store.codec import Versioned
from hub.store.documents import Stored

_LAST_LISTS = 256
"""So many are kept that no page holds, for pages whose stream is about to open."""

_DIGITS = 15
"""Of the longest place; Python converts no number of any length."""

_RECOUNT_MS = 10_000
"""How often a count is compared with the store's: a change may fall between reading and following."""


@dataclass(slots=True, weakref_slot=True)
class LiveList:
    """The changes of one list. epoch: another one each time it is followed anew; places of it mean nothing
    then.

    changes: how often it changed, so that who shows it knows whether to look. total: how many cases it holds.
    """

    agent: Agent
    query: QueueQuery
    selection: Selection
    since: int
    epoch: str = field(default_factory=lambda: secrets.token_urlsafe(6))
    changes: int = 0
    total: int = 0
    counted_at: int = 0
    read: asyncio.Event = field(default_factory=asyncio.Event)
    _entered: dict[str, int] = field(default_factory=dict)
    _places: list[int] = field(default_factory=list)
    _place: int = 0

    @property
    def place(self) -> str:
        """Where the list stands now, for a page that is made now; `fresh` counts from there."""
        return f"{self.epoch}.{self._place}"

    @property
    def now(self) -> int:
        """The number behind which everything is new from here on."""
        return self._place

    def take(self, change: QueueChange) -> None:
        """What became of a case in this process."""
        moves = change.moves(self.selection)
        if moves > 0:
            self._enter(change.id)
        elif moves < 0:
            self._leave(change.id)
        self.total += moves

    def take_foreign(self, stored: Stored) -> None:
        """A case as another process left it."""
        holds = self.selection.holds(stored.body)
        if holds and stored.id not in self._entered and stored.body.get("received_at", 0) >= self.since:
            self._enter(stored.id)
        elif not holds and stored.id in self._entered:
            self._leave(stored.id)
        self.counted_at = 0

    def counted(self, total: int, at: int) -> None:
        """What the store counts now."""
        if total != self.total:
            self.changes += 1
        self.total, self.counted_at = total, at

    def number(self, place: str) -> int | None:
        """The number behind `fresh`, None when the place is of another epoch."""
        epoch, _, number = place.rpartition(".")
        is_number = number.isdecimal() and len(number) <= _DIGITS
        return int(number) if epoch == self.epoch and is_number else None

    def fresh(self, number: int, shown: Iterable[str]) -> int:
        """How many cases came in behind a place and are still there, without those a page shows already."""
        new = len(self._places) - bisect_right(self._places, number)
        return new - sum(self._entered.get(id, 0) > number for id in shown) if new else 0

    def _enter(self, id: str) -> None:
        self._leave(id)
        self.changes += 1
        self._place += 1
        self._entered[id] = self._place
        self._places.append(self._place)

    def _leave(self, id: str) -> None:
        self.changes += 1
        place = self._entered.pop(id, 0)
        if place:
            del self._places[bisect_right(self._places, place) - 1]


class FollowQueue:
    """The lists that pages of one process show, and what changed in them."""

    def __init__(self, cases: CaseRepository, read_queue: ReadQueue, feed: QueueFeed, clock: Clock) -> None:
        self._cases = cases
        self._read_queue = read_queue
        self._feed = feed
        self._clock = clock
        self._position = feed.position
        self._lists: WeakValueDictionary[str, LiveList] = WeakValueDictionary()
        self._last: deque[LiveList] = deque(maxlen=_LAST_LISTS)

    async def live(self, agent: Agent, query: QueueQuery) -> LiveList:
        """The list as this agent sees it, counted when nobody looked at it before."""
        selection = selection_of(agent, query)
        key = repr(selection)
        found = self._lists.get(key)
        if found is None:
            self._advance()  # what happened before is no news to it
            found = LiveList(agent, query, selection, self._clock.now_ms())
            self._lists[key] = found
            try:
                await self._count(found)
            except BaseException:
                self._lists.pop(key, None)
                raise
            finally:
                found.read.set()
        self._last.append(found)
        await found.read.wait()
        return found

    async def take(self, ids: Sequence[str], foreign: frozenset[str] = frozenset()) -> list[Stored]:
        """Follows what changed; the cases of these ids as they are now. foreign: of other processes."""
        self._advance()
        stored = await self.stored(ids)
        for found in stored:
            if found.id in foreign:
                for one in list(self._lists.values()):
                    one.take_foreign(found)
        now = self._clock.now_ms()
        for one in list(self._lists.values()):
            if one.read.is_set() and now - one.counted_at >= _RECOUNT_MS:
                await self._count(one)
        return stored

    async def stored(self, ids: Sequence[str]) -> list[Stored]:
        """Cases as they are stored."""
        return list((await self._cases.as_stored(ids)).values()) if ids else []

    def unsealed(self, stored: Stored) -> Versioned[Case] | None:
        """The case, None when it cannot be read."""
        return self._cases.unsealed(stored)

    async def rows(self, cases: Sequence[Versioned[Case]]) -> tuple[QueueRow, ...]:
        """The lines of cases."""
        return await self._read_queue.rows(cases)

    def _advance(self) -> None:
        changes, self._position = self._feed.since(self._position), self._feed.position
        for one in list(self._lists.values()):
            if changes is None:
                one.counted_at = 0
            for change in changes or ():
                one.take(change)

    async def _count(self, one: LiveList) -> None:
        at = self._clock.now_ms()
        total, _ = await self._read_queue.count(one.agent, one.query)
        one.counted(total, at)
