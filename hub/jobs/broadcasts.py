"""The loop that lets campaigns happen: fire what is due, write recipients, notice what is done.

Of several processes one leads, by lease; the others look whether it still does. The lease saves work:
what protects against doing something twice are the unique keys and versions underneath.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from campaigns.schedule import AlarmClock
from hub.actions.campaigns.desk import CampaignDesk
from hub.repositories.leases import Lease, LeaseRepository

LEASE = "broadcasts"


class BroadcastLoop:
    """For the supervisor: `run` until canceled, or `round` by round in tests and the demo.

    pages: so many of one broadcast are written before it is looked for a warning that goes first.
    """

    def __init__(
        self,
        desk: CampaignDesk,
        leases: LeaseRepository,
        alarm: Callable[[], AlarmClock] = AlarmClock,
        *,
        idle_seconds: float = 1.0,
        pages: int = 2,
        on_lead: Callable[[], Awaitable[object]] | None = None,
    ) -> None:
        """on_lead: called when this process begins to lead, before anything else."""
        self._desk = desk
        self._leases = leases
        self._alarm = alarm
        self._idle_seconds = idle_seconds
        self._pages = pages
        self._on_lead = on_lead
        self._lease: Lease | None = None

    async def run(self) -> None:
        """Works while there is something to do, else sleeps till the next second or alarm."""
        alarm = self._alarm()
        alarm.start()
        try:
            while True:
                busy = await self.round()
                alarm.set(await self._desk.upcoming() if self._lease else {})
                if not busy:
                    await alarm.wait(seconds=self._idle_seconds)
        finally:
            alarm.stop()
            if self._lease is not None:
                await self._leases.give_back(self._lease)

    async def round(self) -> bool:
        """One look; True when there is more to expand at once. Does nothing without the lease."""
        led = self._lease is not None
        self._lease = await self._leases.hold(self._lease, LEASE)
        if self._lease is None:
            return False
        if not led and self._on_lead is not None:
            await self._on_lead()
        tick = await self._desk.tick()
        more = False
        for broadcast_id in tick.expanding:
            run = await self._desk.expand_some(broadcast_id, pages=self._pages)
            if run is not None:
                more = more or run.wants_expansion
        return more
