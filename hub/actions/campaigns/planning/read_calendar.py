"""The calendar of campaigns: what left, what is planned, who would hear twice in a day."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from campaigns import template
from campaigns.broadcast import Broadcast, BroadcastState
from campaigns.campaign import MOVES, Campaign, CampaignState
from campaigns.errors import BadSchedule
from campaigns.schedule import from_text, slots
from campaigns.segment import Segment
from campaigns.window import Estimate
from channels.contract import ChannelKind
from channels.parts import count
from hub.actions.campaigns.settings import CampaignSettings
from hub.repositories.campaigns import CampaignRepository
from hub.repositories.memberships import MembershipRepository
from hub.runtime.clock import Clock

DAY_MS = 86_400_000
_MOST = 1_000
_MOST_SLOTS = 200
_PAGE = 200
_LIVE = tuple(state for state in CampaignState if MOVES[state])


@dataclass(frozen=True, slots=True)
class Sending:
    """One time of one campaign. at: ms UTC, as planned. estimate: what it becomes with its hours.

    people, parts: estimated for what is planned. run: where it stands, None = only
    planned. others: names of other campaigns that go to one of its groups within 24 hours.
    """

    campaign: Campaign
    at: int
    estimate: Estimate
    people: int
    parts: int
    run: BroadcastState | None = None
    others: tuple[str, ...] = ()

    @property
    def has_run(self) -> bool:
        """Whether it left, or is leaving."""
        return self.run is not None


class ReadCalendar:
    """Reads."""

    def __init__(
        self,
        campaigns: CampaignRepository,
        memberships: MembershipRepository,
        clock: Clock,
        settings: CampaignSettings,
    ) -> None:
        self._campaigns = campaigns
        self._memberships = memberships
        self._clock = clock
        self._settings = settings

    async def __call__(
        self, since: int, until: int, *, department: str = "", group: str = ""
    ) -> tuple[Sending, ...]:
        """Everything from `since` up to `until`, by time; of one department or group only where named.

        Collisions are looked for among all of them, whatever is shown.
        """
        around = [*await self._ran(since - DAY_MS, until + DAY_MS)]
        around += await self._planned(since - DAY_MS, until + DAY_MS)
        shown = [
            replace(one, others=_others(one, around))
            for one in around
            if since <= one.at < until
            and (not department or one.campaign.department == department)
            and (not group or group in one.campaign.segment.groups)
        ]
        return tuple(sorted(shown, key=lambda one: (one.at, one.campaign.id)))

    async def _ran(self, since: int, until: int) -> list[Sending]:
        runs = await self._campaigns.broadcasts_between(since, until, limit=_MOST)
        known: dict[str, Campaign | None] = {}
        found: list[Sending] = []
        for run in runs:
            if run.campaign_id not in known:
                read = await self._campaigns.get(run.campaign_id)
                known[run.campaign_id] = read.value if read else None
            if campaign := known[run.campaign_id]:
                found.append(self._of_run(replace(campaign, segment=run.segment), run))
        return found

    async def _planned(self, since: int, until: int) -> list[Sending]:
        now = self._clock.now_ms()
        people: dict[Segment, int] = {}
        found: list[Sending] = []
        after: str | None = None
        while True:
            page = await self._campaigns.page(states=_LIVE, limit=_PAGE, after=after)
            for read in page.campaigns:
                campaign = read.value
                await asyncio.sleep(0)  # a daily plan costs 5 ms for a month: others are served in between
                for at in self._times(campaign, max(since, now), until):
                    if campaign.segment not in people:
                        counted = await self._memberships.count(campaign.segment, snapshot_at=now)
                        people[campaign.segment] = counted
                    found.append(self._of_plan(campaign, at, people[campaign.segment]))
            after = page.next
            if after is None:
                return found

    def _times(self, campaign: Campaign, since: int, until: int) -> Iterable[int]:
        if not campaign.schedule:
            return ()
        try:
            found: list[int] = []
            plan = from_text(campaign.schedule)
            for at in slots(plan, since - 1, self._settings.zone, self._settings.worked_days()):
                if at >= until or len(found) == _MOST_SLOTS:
                    break
                found.append(at)
        except BadSchedule:
            return ()
        return found

    def _of_run(self, campaign: Campaign, run: Broadcast) -> Sending:
        return Sending(
            campaign,
            run.fire_at,
            self._estimate(campaign, max(run.fire_at, run.begun_at), run.parts),
            run.planned,
            run.parts,
            run=run.state,
        )

    def _of_plan(self, campaign: Campaign, at: int, members: int) -> Sending:
        if campaign.approvals:
            figures = campaign.approvals[-1].figures
            people, parts = figures.deliveries, figures.parts
        else:
            people, parts = members, members * self._parts_each(campaign)
        return Sending(campaign, at, self._estimate(campaign, at, parts), people, parts)

    def _estimate(self, campaign: Campaign, at: int, parts: int) -> Estimate:
        sender = self._settings.senders.get(campaign.channel)
        seconds = parts / sender.parts_per_second if sender else 0.0
        return self._settings.estimate(campaign, at, seconds)

    def _parts_each(self, campaign: Campaign) -> int:
        sender = self._settings.senders.get(campaign.channel)
        if sender is None or sender.kind is not ChannelKind.SMS:
            return 1
        text = template.with_marks(
            template.fill(template.pieces(campaign.template), {}),
            kind=sender.kind,
            message_class=campaign.message_class,
            signature=sender.signature,
        )
        return max(1, count(text).parts)


def _others(one: Sending, around: Iterable[Sending]) -> tuple[str, ...]:
    """Names of the campaigns that reach somebody of its groups within 24 hours; a campaign counts once."""
    groups, regions = set(one.campaign.segment.groups), set(one.campaign.segment.regions)
    found: Mapping[str, str] = {
        other.campaign.id: other.campaign.name
        for other in around
        if other.campaign.id != one.campaign.id
        and abs(other.at - one.at) < DAY_MS
        and groups & set(other.campaign.segment.groups)
        and (
            not regions or not other.campaign.segment.regions or regions & set(other.campaign.segment.regions)
        )
        and other.campaign.state is not CampaignState.CANCELED
    }
    return tuple(found.values())
