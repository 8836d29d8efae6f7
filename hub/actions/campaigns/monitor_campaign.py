"""A campaign while it runs: rate, delay, carriers, reasons, and what left after a pause. Counters only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from campaigns.broadcast import Broadcast, BroadcastState
from campaigns.progress import Progress
from campaigns.totals import FAILED, Carrier, CarrierCount, Totals, added, lag_within, per_second
from campaigns.window import estimate
from channels.outbox.delivery import POLICY
from hub.actions.campaigns.settings import CampaignSettings
from hub.actions.campaigns.watch_campaign import BroadcastProgress, CampaignProgress, WatchCampaign
from hub.repositories.sending.counts import SendingCounts
from hub.runtime.clock import Clock

_SHARE = 0.95
_LOOK_BACK_MS = 60_000
_SLOWEST_SHARE = 0.02
"""Of the contract rate. What leaves slower than this says nothing about when the rest will have left."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """How sending goes now, of all active runs or the latest one.

    rate: SMS parts (messages elsewhere) that left per second over the last minute; limit: the contract.
    lane: 0 leaves first. lag_seconds: within which 95 % arrived after the provider took them, 0 = no word
    yet. failures, held: codes with numbers, the most first. after_click: taken by the provider after the
    pause, None when it is not paused. resumed_at, resumed_from: see `Broadcast`. finishes_at: ms UTC,
    0 = unknown; pauses: whether hours without sending lie in between.
    """

    sender: str
    lane: int
    rate: float
    limit: float
    lag_seconds: int
    failures: tuple[tuple[str, int], ...]
    held: tuple[tuple[str, int], ...]
    carriers: tuple[tuple[Carrier, CarrierCount], ...]
    after_click: int | None = None
    resumed_at: int = 0
    resumed_from: int = 0
    finishes_at: int = 0
    pauses: bool = False


@dataclass(frozen=True, slots=True)
class Monitored:
    """A campaign as far as it is, and its pulse; None before its first run."""

    watched: CampaignProgress
    pulse: Pulse | None


class MonitorCampaign:
    """Reads."""

    def __init__(
        self, watch: WatchCampaign, counts: SendingCounts, clock: Clock, settings: CampaignSettings
    ) -> None:
        self._watch = watch
        self._counts = counts
        self._clock = clock
        self._settings = settings

    async def __call__(self, campaign_id: str) -> Monitored:
        """Raises `NotFound`."""
        watched = await self._watch(campaign_id)
        shown = [one for one in watched.runs if one.broadcast.is_active] or list(watched.runs[:1])
        if not shown:
            return Monitored(watched, None)
        now = self._clock.now_ms()
        totals = added([await self._counts.totals(one.broadcast.id) for one in shown])
        rate = 0.0
        for run in [one.broadcast for one in shown]:
            if run.state is not BroadcastState.PAUSED:
                minutes = await self._counts.minutes(run.id, since=now - _LOOK_BACK_MS)
                rate += per_second(minutes, now, since=run.snapshot_at)
        return Monitored(watched, self._pulse(shown, watched.total, totals, rate, now))

    def _pulse(
        self, shown: Sequence[BroadcastProgress], total: Progress, totals: Totals, rate: float, now: int
    ) -> Pulse:
        run = shown[0].broadcast
        sender = self._settings.senders.get(run.channel)
        limit = sender.parts_per_second if sender else 0.0
        pulse = Pulse(
            sender=run.channel,
            lane=POLICY[run.message_class].lane,
            rate=rate,
            limit=limit,
            lag_seconds=lag_within(totals.lags, _SHARE),
            failures=totals.of(*FAILED),
            held=totals.held,
            carriers=tuple((one, totals.carriers[one]) for one in Carrier if one in totals.carriers),
            after_click=_after_click(shown),
            resumed_at=run.resumed_at,
            resumed_from=run.resumed_from,
        )
        usual = rate if rate > limit * _SLOWEST_SHARE else limit
        if not run.is_active or run.state is BroadcastState.PAUSED or not total.left or not usual:
            return pulse
        when = estimate(run.window(self._settings.windows), now, total.left * _parts_each(run) / usual)
        return replace(pulse, finishes_at=when.finishes_at, pauses=when.days > 1 or when.starts_at > now)


def _after_click(shown: Sequence[BroadcastProgress]) -> int | None:
    paused = [
        one for one in shown if one.broadcast.state is BroadcastState.PAUSED and one.broadcast.paused_at
    ]
    if not paused:
        return None
    return sum(max(one.progress.taken - one.broadcast.taken_at_pause, 0) for one in paused)


def _parts_each(run: Broadcast) -> float:
    return max(run.parts / run.planned, 1.0) if run.planned else 1.0
