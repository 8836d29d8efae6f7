"""One bell for all that waits for a change of the store: open pages, the dispatcher, other jobs.

It carries topics and no content: whoever hears it reads the store. A lost ring costs a moment, never a
message: pages catch up by sequence number, and jobs look by themselves every now and then. It is rung after
a commit, by what the commit touched (`hub/repositories/ringing_documents.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

QUEUE = "queue"
"""A case that staff see was opened or changed."""

RECORDINGS = "recordings"
"""The audio of a recording can be fetched."""

SEALED_RECORDINGS = "recordings.sealed"
"""What was said in a recording can be recognised."""

LETTERS = "letters"
"""A letter waits to be read."""

ALARMS = "alarms"
"""An alarm was raised or changed, or who is on duty."""


RIGHTS = "rights"
"""Who may see what changed: roles, units, deputies."""

PRESENCE = "presence"
"""Somebody opened or left a case, or writes in it; in this process only."""

_CASE = "case:"


def case_topic(case_id: str) -> str:
    """A case that staff see was opened or changed; which one."""
    return _CASE + case_id


def case_of(topic: str) -> str:
    """The id of the case a topic is about, "" for another topic."""
    return topic.removeprefix(_CASE) if topic.startswith(_CASE) else ""


def delivery_topic(delivery_id: str) -> str:
    """What became of one delivery changed."""
    return f"delivery:{delivery_id}"


def conversation_topic(conversation_id: str) -> str:
    """Something was said in a conversation."""
    return f"conversation:{conversation_id}"


def campaign_topic(campaign_id: str) -> str:
    """A campaign or one of its runs changed; what became of single deliveries is counted and not rung."""
    return f"campaign:{campaign_id}"


def notification_topic(agent_id: str) -> str:
    """A member of staff was told something."""
    return f"notifications:{agent_id}"


class Ear(Protocol):
    """One listener."""

    @property
    def over(self) -> bool:
        """Whether the server stops: who listens for a page should go."""

    async def wait(self, *, at_most_seconds: float) -> bool:
        """True at the next ring, at once if one came since the last wait; False when the time is over."""


class CollectingEar(Ear, Protocol):
    """A listener to many topics that has to know which ones rang."""

    def taken(self) -> frozenset[str]:
        """The topics rung since this was asked last."""


class Bell(Protocol):
    """The port. `LocalBell` rings within one process; one for several has to carry topics between them."""

    def ring(self, *topics: str) -> None:
        """Wakes everybody who listens to one of them. Never fails and never waits."""

    def listen(self, topic: str) -> AbstractContextManager[Ear]:
        """An ear of one's own for as long as the block runs."""

    def overhear(self, wants: Callable[[str], bool]) -> AbstractContextManager[CollectingEar]:
        """An ear for every topic that `wants` says yes to; it is asked at each ring."""

    def close(self) -> None:
        """Tells every ear that it is over, so that a stop does not wait for pages that stay open."""


class _LocalEar:
    def __init__(self) -> None:
        self.over = False
        self._rung = asyncio.Event()

    def ring(self) -> None:
        self._rung.set()

    def end(self) -> None:
        self.over = True
        self._rung.set()

    async def wait(self, *, at_most_seconds: float) -> bool:
        try:
            async with asyncio.timeout(at_most_seconds):
                await self._rung.wait()
        except TimeoutError:
            return False
        self._rung.clear()
        return True


class _CollectingEar(_LocalEar):
    def __init__(self, wants: Callable[[str], bool]) -> None:
        super().__init__()
        self._wants = wants
        self._topics: set[str] = set()

    def hear(self, topic: str) -> None:
        if self._wants(topic):
            self._topics.add(topic)
            self.ring()

    def taken(self) -> frozenset[str]:
        topics, self._topics = self._topics, set()
        return frozenset(topics)


class LocalBell:
    """The bell of one process."""

    def __init__(self) -> None:
        self._ears: dict[str, set[_LocalEar]] = {}
        self._collecting: set[_CollectingEar] = set()
        self._closed = False

    def ring(self, *topics: str) -> None:
        """See the port."""
        for topic in topics:
            for ear in self._ears.get(topic, ()):
                ear.ring()
            for collecting in self._collecting:
                collecting.hear(topic)

    @contextmanager
    def listen(self, topic: str) -> Iterator[Ear]:
        """See the port."""
        ear = _LocalEar()
        if self._closed:
            ear.end()
        self._ears.setdefault(topic, set()).add(ear)
        try:
            yield ear
        finally:
            ears = self._ears[topic]
            ears.discard(ear)
            if not ears:
                del self._ears[topic]

    @contextmanager
    def overhear(self, wants: Callable[[str], bool]) -> Iterator[CollectingEar]:
        """See the port."""
        ear = _CollectingEar(wants)
        if self._closed:
            ear.end()
        self._collecting.add(ear)
        try:
            yield ear
        finally:
            self._collecting.discard(ear)

    def close(self) -> None:
        """See the port."""
        self._closed = True
        for ear in (*self._collecting, *(ear for ears in self._ears.values() for ear in ears)):
            ear.end()
