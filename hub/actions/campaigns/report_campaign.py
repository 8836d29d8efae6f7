"""The report of a campaign: what became of it, from counters alone.

Rules protected: nothing here reads the rows of recipients, so the report is the same after they were erased;
an accusation of police is never a reply to a campaign, whoever reads the report.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from campaigns.broadcast import Broadcast
from campaigns.campaign import Campaign
from campaigns.progress import Progress
from campaigns.totals import FAILED, Carrier, CarrierCount, Minute, Totals, lag_within
from channels.outbox.delivery import DeliveryState
from hub.actions.campaigns.settings import CampaignSettings
from hub.actions.campaigns.watch_campaign import BroadcastProgress, WatchCampaign
from hub.model.agent import Agent
from hub.model.policy import may_see
from hub.repositories.repositories import Repositories
from hub.repositories.sending.responses import ResponseKind
from hub.runtime.clock import Clock
from hub.runtime.errors import NotFound
from hub.store.documents import MAX_LIMIT
from hub.store.unreadable import Unreadable

MOST_POINTS = 48
_STEPS_MINUTES = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440)
_MINUTE_MS = 60_000
_REPLIES = 50
_COMPARED = 6
_LOOK_BACK_MS = 400 * 86_400_000


@dataclass(frozen=True, slots=True)
class RecipientReply:
    """A conversation that goes on after the broadcast. case_id: "" where the reader may not open it or there
    is none."""

    at: int
    case_id: str


@dataclass(frozen=True, slots=True)
class Compared:
    """Another run beside this one. name: of its campaign."""

    name: str
    broadcast: Broadcast
    progress: Progress
    opt_outs: int


@dataclass(frozen=True, slots=True)
class CampaignReport:
    """One run of a campaign as it stands at `at` (ms UTC).

    curve: by steps of `step_minutes`, at most `MOST_POINTS`. parts: SMS parts the provider took, as they are
    billed (messages elsewhere); cost: yuan, 0 = no price is known. lag_median, lag_95: seconds, 0 = no word.
    failures: codes with numbers, the most first. unknown: taken, and no word in 72 h. replies: the newest;
    reply_count: of all that may be counted. compared: this run first, then earlier runs of the campaign, or
    of others of its class.
    """

    at: int
    campaign: Campaign
    broadcast: Broadcast
    progress: Progress
    curve: tuple[Minute, ...]
    step_minutes: int
    parts: int
    cost: Decimal
    lag_median: int
    lag_95: int
    failures: tuple[tuple[str, int], ...]
    carriers: tuple[tuple[Carrier, CarrierCount], ...]
    unknown: int
    opt_outs: int
    reply_count: int
    replies: tuple[RecipientReply, ...]
    compared: tuple[Compared, ...]


class ReportCampaign:
    """Reads."""

    def __init__(
        self, repositories: Repositories, watch: WatchCampaign, clock: Clock, settings: CampaignSettings
    ) -> None:
        self._repositories = repositories
        self._watch = watch
        self._clock = clock
        self._settings = settings

    async def __call__(self, agent: Agent, campaign_id: str, broadcast_id: str = "") -> CampaignReport:
        """The report of one run, the newest by default. Raises `NotFound`."""
        watched = await self._watch(campaign_id)
        wanted = [run for run in watched.runs if run.broadcast.id == broadcast_id or not broadcast_id]
        if not wanted:
            raise NotFound("broadcast")
        shown, stores = wanted[0], self._repositories
        minutes = await stores.publicity.sending_counts.minutes(shown.broadcast.id)
        totals: Totals = await stores.publicity.sending_counts.totals(shown.broadcast.id)
        step, parts = step_of(minutes), sum(minute.parts for minute in minutes) or _parts_of(shown)
        sender = self._settings.senders.get(shown.broadcast.channel)
        counts = await stores.outbox.counts(shown.broadcast.id)
        count, replies = await self._replies(agent, shown.broadcast.id)
        return CampaignReport(
            at=self._clock.now_ms(),
            campaign=watched.campaign,
            broadcast=shown.broadcast,
            progress=shown.progress,
            curve=stepped(minutes, step),
            step_minutes=step,
            parts=parts,
            cost=parts * sender.price if sender else Decimal(0),
            lag_median=lag_within(totals.lags, 0.5),
            lag_95=lag_within(totals.lags, 0.95),
            failures=totals.of(*FAILED),
            carriers=tuple((one, totals.carriers[one]) for one in Carrier if one in totals.carriers),
            unknown=max(counts.get(DeliveryState.UNKNOWN.value, 0), 0),
            opt_outs=await stores.publicity.responses.count(shown.broadcast.id, ResponseKind.OPT_OUT),
            reply_count=count,
            replies=replies,
            compared=await self._compared(watched.campaign, shown, watched.runs),
        )

    async def _replies(self, agent: Agent, broadcast_id: str) -> tuple[int, tuple[RecipientReply, ...]]:
        """How many, and the newest. What came behind a wall since it was noted is no reply any more."""
        stores = self._repositories
        noted = await stores.publicity.responses.newest(broadcast_id, ResponseKind.REPLY, limit=MAX_LIMIT)
        case_of = await stores.conversations.cases_of([one.message_id for one in noted])
        walled = await stores.cases.walled([id for id in set(case_of.values()) if id])
        counted = [one for one in noted if case_of.get(one.message_id, "") not in walled]
        replies = []
        for one in counted[:_REPLIES]:
            case_id = case_of.get(one.message_id, "")
            replies.append(RecipientReply(one.at, case_id if await self._may_open(agent, case_id) else ""))
        return len(counted), tuple(replies)

    async def _may_open(self, agent: Agent, case_id: str) -> bool:
        try:
            read = await self._repositories.cases.get(case_id) if case_id else None
        except Unreadable:
            return False
        return read is not None and may_see(agent, read.value)

    async def _name(self, campaign_id: str) -> str:
        try:
            read = await self._repositories.campaigns.get(campaign_id)
        except Unreadable:
            return ""
        return read.value.name if read else ""

    async def _compared(
        self, campaign: Campaign, shown: BroadcastProgress, runs: Sequence[BroadcastProgress]
    ) -> tuple[Compared, ...]:
        stores = self._repositories
        before = shown.broadcast.fire_at
        several = [run for run in runs if run.broadcast.fire_at < before]
        names = {campaign.id: campaign.name}
        if not several:
            recent = await stores.campaigns.recent_broadcasts(since=before - _LOOK_BACK_MS, before=before)
            of_class = [run for run in recent if run.message_class is shown.broadcast.message_class]
            alike = of_class[: _COMPARED - 1]
            several = [await self._watch.one(run) for run in alike]
            for run in alike:
                names[run.campaign_id] = await self._name(run.campaign_id)
        return tuple(
            [
                Compared(
                    names.get(one.broadcast.campaign_id, ""),
                    one.broadcast,
                    one.progress,
                    await stores.publicity.responses.count(one.broadcast.id, ResponseKind.OPT_OUT),
                )
                for one in [shown, *several[: _COMPARED - 1]]
            ]
        )


def _parts_of(one: BroadcastProgress) -> int:
    """What a run of before there were minutes has cost, as far as it can be told."""
    run = one.broadcast
    return round(run.parts * one.progress.taken / run.planned) if run.planned else 0


def step_of(minutes: Sequence[Minute]) -> int:
    """Minutes per point, so that the whole has at most `MOST_POINTS`."""
    if not minutes:
        return 1
    span = (minutes[-1].at - minutes[0].at) // _MINUTE_MS + 1
    fitting = [step for step in _STEPS_MINUTES if span <= step * (MOST_POINTS - 1)]
    return fitting[0] if fitting else _STEPS_MINUTES[-1]


def stepped(minutes: Sequence[Minute], step: int) -> tuple[Minute, ...]:
    """Summed by steps, with those in between in which nothing happened."""
    if not minutes:
        return ()
    wide = step * _MINUTE_MS
    sums: dict[int, Minute] = {}
    first, last = (minutes[place].at // wide * wide for place in (0, -1))
    for at in range(first, last + 1, wide):
        sums[at] = Minute(at)
    for minute in minutes:
        known = sums[minute.at // wide * wide]
        sums[known.at] = Minute(
            known.at,
            known.taken + minute.taken,
            known.parts + minute.parts,
            known.delivered + minute.delivered,
            known.failed + minute.failed,
        )
    return tuple(sums.values())
