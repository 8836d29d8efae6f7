"""How far a campaign is, from the counters of the outbox: cheap enough to ask every second."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from campaigns.broadcast import Broadcast, BroadcastState
from campaigns.campaign import Campaign
from campaigns.progress import Progress, progress, summed
from campaigns.schedule import Schedule
from hub.actions.campaigns.outbox import CampaignOutbox
from hub.actions.campaigns.settings import CampaignSettings
from hub.repositories.campaigns import CampaignRepository
from hub.repositories.schedules import ScheduleRepository
from hub.runtime.clock import Clock
from hub.runtime.errors import NotFound

_MOST_RUNS = 20


@dataclass(frozen=True, slots=True)
class BroadcastProgress:
    """One run and how far it is."""

    broadcast: Broadcast
    progress: Progress


@dataclass(frozen=True, slots=True)
class CampaignProgress:
    """A campaign, its plan, its runs (newest first) and one bar for the latest or all active runs."""

    campaign: Campaign
    schedule: Schedule | None
    runs: tuple[BroadcastProgress, ...]
    total: Progress


class WatchCampaign:
    """Reads."""

    def __init__(
        self,
        repository: CampaignRepository,
        schedules: ScheduleRepository,
        outbox: CampaignOutbox,
        clock: Clock,
        settings: CampaignSettings,
    ) -> None:
        self._repository = repository
        self._schedules = schedules
        self._outbox = outbox
        self._clock = clock
        self._settings = settings

    async def __call__(self, campaign_id: str) -> CampaignProgress:
        """A campaign with its latest runs. Raises `NotFound`."""
        campaign = await self._repository.get(campaign_id)
        if campaign is None:
            raise NotFound("campaign")
        plan = await self._schedules.get(campaign_id)
        runs: list[BroadcastProgress] = []
        for read in await self._repository.broadcasts_of(campaign_id, limit=_MOST_RUNS):
            runs.append(await self.one(read.value))
        active = tuple(one.progress for one in runs if one.broadcast.is_active)
        total = summed(active or tuple(one.progress for one in runs[:1]))
        return CampaignProgress(campaign.value, plan.value if plan else None, tuple(runs), total)

    async def one(self, run: Broadcast) -> BroadcastProgress:
        """One run and how far it is."""
        counts = await self._outbox.counts(run.id)
        return BroadcastProgress(run, self._progress(run, counts, self._clock.now_ms()))

    async def of_active(self, campaign_id: str) -> dict[str, Progress]:
        """How far each run is that has not ended, by its id."""
        return {
            read.value.id: (await self.one(read.value)).progress
            for read in await self._repository.broadcasts_of(campaign_id)
            if read.value.is_active
        }

    def _progress(self, run: Broadcast, counts: Mapping[str, int], now: int) -> Progress:
        sender = self._settings.senders.get(run.channel)
        parts_each = max(run.parts / run.planned, 1.0) if run.planned else 1.0
        moving = run.is_active and run.state is not BroadcastState.PAUSED
        bar = progress(
            counts,
            total=run.planned,
            window=run.window(self._settings.windows),
            now=now,
            per_second=sender.parts_per_second / parts_each if sender and moving else 0.0,
        )
        # While recipients are still being written, whatever has left is not yet everything.
        return bar if run.expanded else replace(bar, percent=min(bar.percent, 99))


def taken_of(run: Broadcast, so_far: Mapping[str, Progress]) -> int:
    """How many of a run the provider has taken."""
    return so_far[run.id].taken if run.id in so_far else 0


def done_of(run: Broadcast, so_far: Mapping[str, Progress]) -> int:
    """How many of a run have left or never will."""
    return so_far[run.id].total - so_far[run.id].left if run.id in so_far else 0
