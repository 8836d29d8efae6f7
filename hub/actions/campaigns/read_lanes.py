"""All senders and their lanes at once: what waits, since when, how fast it leaves, what runs.

Of broadcasts the numbers come from their counters. Of everything else a lane holds few rows; they are
counted up to a bound, which costs the same whatever waits.
"""

from __future__ import annotations

from dataclasses import dataclass

from campaigns.totals import per_second
from channels.outbox.delivery import POLICY
from hub.actions.campaigns.settings import CampaignSettings
from hub.actions.campaigns.watch_campaign import BroadcastProgress, WatchCampaign
from hub.repositories.campaigns import CampaignRepository
from hub.repositories.outbox import OutboxRepository
from hub.repositories.sending.counts import SendingCounts
from hub.runtime.clock import Clock
from hub.store.unreadable import Unreadable

LANES = (0, 1, 2, 3)
COUNTED = 500
_LOOK_BACK_MS = 60_000


@dataclass(frozen=True, slots=True)
class RunningBroadcast:
    """A broadcast under way. name: of its campaign. rate: parts per second over the last minute."""

    name: str
    run: BroadcastProgress
    rate: float


@dataclass(frozen=True, slots=True)
class Lane:
    """One lane of one sender. waiting: rows; more says that it is at least so many. since: from when (ms
    UTC) the first of them could have left, 0 = nothing waits. rate: as `RunningBroadcast`, of broadcasts."""

    number: int
    waiting: int
    more: bool
    since: int
    rate: float
    running: tuple[RunningBroadcast, ...]


@dataclass(frozen=True, slots=True)
class Lanes:
    """One sender. limit: its contract rate in parts per second."""

    sender: str
    limit: float
    lanes: tuple[Lane, ...]

    @property
    def rate(self) -> float:
        """Of all lanes."""
        return sum(lane.rate for lane in self.lanes)


class ReadLanes:
    """Reads."""

    def __init__(
        self,
        repository: CampaignRepository,
        outbox: OutboxRepository,
        counts: SendingCounts,
        watch: WatchCampaign,
        clock: Clock,
        settings: CampaignSettings,
    ) -> None:
        self._repository = repository
        self._outbox = outbox
        self._counts = counts
        self._watch = watch
        self._clock = clock
        self._settings = settings

    async def __call__(self) -> tuple[Lanes, ...]:
        """Every sender that campaigns may leave by, in the order of the configuration."""
        running = await self._running()
        found = []
        for sender in self._settings.senders.values():
            lanes = [
                await self._lane(
                    sender.name, number, [one for one in running if _is_in(one, sender.name, number)]
                )
                for number in LANES
            ]
            found.append(Lanes(sender.name, sender.parts_per_second, tuple(lanes)))
        return tuple(found)

    async def _running(self) -> list[RunningBroadcast]:
        now = self._clock.now_ms()
        found = []
        for read in await self._repository.active_broadcasts():
            run = read.value
            minutes = await self._counts.minutes(run.id, since=now - _LOOK_BACK_MS)
            rate = per_second(minutes, now, since=run.snapshot_at)
            found.append(
                RunningBroadcast(await self._name(run.campaign_id), await self._watch.one(run), rate)
            )
        return found

    async def _name(self, campaign_id: str) -> str:
        try:
            campaign = await self._repository.get(campaign_id)
        except Unreadable:
            return ""
        return campaign.value.name if campaign else ""

    async def _lane(self, sender: str, number: int, running: list[RunningBroadcast]) -> Lane:
        rows, since = await self._outbox.queued(sender, number, limit=COUNTED)
        of_broadcasts = sum(one.run.progress.waiting for one in running)
        return Lane(
            number=number,
            waiting=max(rows, of_broadcasts),
            more=rows == COUNTED and of_broadcasts < COUNTED,
            since=since,
            rate=sum(one.rate for one in running),
            running=tuple(running),
        )


def _is_in(one: RunningBroadcast, sender: str, lane: int) -> bool:
    run = one.run.broadcast
    return run.channel == sender and POLICY[run.message_class].lane == lane
