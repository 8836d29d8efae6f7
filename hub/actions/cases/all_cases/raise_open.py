"""Makes alarms of the open emergencies of earlier releases, which had none.

Rule protected: an emergency that nobody has in hand when the hub is upgraded rings, and is forwarded, as a
new one does. Whether somebody took it before is asked of its record when the alarm is looked at
(`hub/actions/alarms/forward_alarms.py`).
"""

from __future__ import annotations

from hub.model.alarms.alarm import Alarm
from hub.model.cases.queue.selection import Selection
from hub.model.track import Compartment, Track
from hub.model.units.sight import Sight
from hub.repositories.alarms.alarms import AlarmRepository
from hub.repositories.queue.lists import CaseQueueRepository
from hub.runtime.clock import Clock
from hub.store.crypto import Vault
from hub.store.documents import Documents, Duplicate

_PAGE = 100
_OPEN = Selection(Sight.of(frozenset(Compartment)), {"open": (1,), "track": (Track.EMERGENCY,)})


class RaiseOpen:
    """All of them, once; doing it again is harmless."""

    def __init__(self, documents: Documents, vault: Vault, clock: Clock, *, wait_seconds: float) -> None:
        """wait_seconds: how long a person has from now on."""
        self._documents = documents
        self._cases = CaseQueueRepository(documents, vault)
        self._alarms = AlarmRepository(documents, vault)
        self._clock = clock
        self._wait_ms = round(wait_seconds * 1000)

    async def __call__(self) -> None:
        """Raises them; what arrives meanwhile has its alarm."""
        forward_at, after, more = self._clock.now_ms() + self._wait_ms, None, True
        while more:
            page = await self._cases.page(_OPEN, limit=_PAGE, after=after)
            for found in page.cases:
                alarm = Alarm(found.value.id, found.value.received_at, forward_at)
                try:
                    await self._documents.commit([self._alarms.insert(alarm)])
                except Duplicate:
                    continue
            after, more = page.next, page.next is not None
