"""Release: what was approved is let go, now or into its plan.

Rules protected: count and cost are taken again at this moment, and what has outgrown its approval goes back
with both numbers; the recipients of a plan for one time are those of this moment (decisions 2), while a
recurring one is counted again before each of its times; nothing of a held one has left.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from campaigns.approval import Figures, Growth
from campaigns.broadcast import Broadcast
from campaigns.campaign import Campaign, CampaignState
from campaigns.said import Said
from campaigns.schedule import Schedule, from_text
from channels.outbox.delivery import POLICY
from hub.actions.campaigns.planning.campaign_moves import STATES, moved, read
from hub.actions.campaigns.planning.count_campaign import CountCampaign, grown_words
from hub.actions.campaigns.settings import CampaignSettings
from hub.actions.campaigns.start_broadcast import StartBroadcast
from hub.model.campaigns.campaign_event import CampaignEventKind
from hub.model.notification import NotificationKind
from hub.repositories.campaigns import CampaignRepository
from hub.repositories.publicity.campaign_history import CampaignHistory
from hub.repositories.schedules import ScheduleRepository
from hub.repositories.staff.notifications import NotificationRepository
from hub.runtime.clock import Clock
from hub.runtime.errors import Invalid, Stale
from hub.runtime.ids import new_id
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Duplicate, Write


@dataclass(frozen=True, slots=True)
class Released:
    """What became of a release. run: what has begun, None when it waits for its time.

    grown: why it went back to the approver, None when it did not.
    """

    campaign: Campaign
    run: Broadcast | None = None
    grown: Growth | None = None


class ReleaseCampaign:
    """For those who may send."""

    def __init__(
        self,
        documents: Documents,
        campaigns: CampaignRepository,
        schedules: ScheduleRepository,
        history: CampaignHistory,
        notifications: NotificationRepository,
        count: CountCampaign,
        start: StartBroadcast,
        clock: Clock,
        settings: CampaignSettings,
    ) -> None:
        self._documents = documents
        self._campaigns = campaigns
        self._schedules = schedules
        self._history = history
        self._notifications = notifications
        self._count = count
        self._start = start
        self._clock = clock
        self._settings = settings

    async def __call__(self, campaign_id: str, by: str) -> Released:
        """Lets it go, or gives it back to the approver. Raises `Invalid` by field, `NotFound`, `Stale`."""
        found = await read(self._campaigns, campaign_id)
        campaign, now = found.value, self._clock.now_ms()
        if campaign.state in (CampaignState.DRAFT, CampaignState.IN_REVIEW):
            raise Invalid({"state": "还没有批准，不能发送"})
        if campaign.state is not CampaignState.APPROVED or not campaign.standing_approvals:
            raise Invalid({"state": Said("%(state)s的活动不能发布", state=STATES[campaign.state])})
        figures = (await self._count(campaign)).checked().figures
        if grown := self._count.grown(campaign, figures):
            back, writes = self.send_back(found, grown, figures, now, by=by)
            return await self._committed(Released(back, grown=grown), writes)
        if len(campaign.standing_approvals) < self._count.approvers_needed(figures):
            back = moved(campaign, CampaignState.IN_REVIEW, now, reason="人数超过上限，需要第二人批准")
            return await self._committed(Released(back), [self._campaigns.update(back, found.version)])
        run, after, writes = await self._let_go(found, now)
        event = self._history.add(after, CampaignEventKind.RELEASED, at=now, by=by, figures=figures)
        return await self._committed(Released(after, run), [*writes, event])

    def send_back(
        self,
        found: Versioned[Campaign],
        grown: Growth,
        figures: Figures,
        now: int,
        *,
        by: str = "",
        slot: int = 0,
    ) -> tuple[Campaign, list[Write]]:
        """The writes that give a campaign back to its approvers. slot: the time whose run waits."""
        campaign = found.value
        back = moved(campaign, CampaignState.IN_REVIEW, now, reason=grown_words(grown))
        back = replace(back, approvals=(), held_slot=slot)
        writes: list[Write] = [self._campaigns.update(back, found.version)]
        writes += self.tell_grown(campaign, grown, figures, now, by=by)
        return back, writes

    def tell_grown(
        self, campaign: Campaign, grown: Growth, figures: Figures, now: int, *, by: str = ""
    ) -> list[Write]:
        """The row of the history, and the word to everybody who had to do with it."""
        event = self._history.add(
            campaign,
            CampaignEventKind.GREW,
            at=now,
            by=by,
            reason=grown_words(grown),
            figures=figures,
            before=grown.approved,
        )
        people = [one.agent_id for one in campaign.approvals] + [campaign.author_id, campaign.submitted_by]
        kind, cause = NotificationKind.CAMPAIGN_HELD, new_id(now)
        told = [
            self._notifications.tell_of_campaign(one, kind, campaign.id, at=now, cause=cause)
            for one in dict.fromkeys(people)
            if one
        ]
        return [event, *told]

    async def grown(self, campaign: Campaign) -> tuple[Growth, Figures] | None:
        """Before a time of a recurring plan: whether it has outgrown its approval.

        Nothing is compared for one that an earlier release of the program let go without approval.
        """
        if not campaign.standing_approvals:
            return None
        preview = (await self._count(campaign)).preview
        if preview is None:
            return None
        found = self._count.grown(campaign, preview.figures)
        return (found, preview.figures) if found else None

    async def _let_go(
        self, found: Versioned[Campaign], now: int
    ) -> tuple[Broadcast | None, Campaign, list[Write]]:
        campaign = replace(found.value, released_at=now, moved_from="")
        if not campaign.schedule:
            run, writes = self._start(Versioned(campaign, found.version), fire_at=now, now=now)
            return run, moved(campaign, CampaignState.RUNNING, now), list(writes)
        spec = from_text(campaign.schedule)
        plan = Schedule(
            campaign.id,
            campaign.schedule,
            self._settings.next_time(spec, now),
            now,
            campaign.catch_up,
            campaign.grace_seconds,
        )
        old = await self._schedules.get(campaign.id)
        planned: Write = self._schedules.update(plan, old.version) if old else self._schedules.insert(plan)
        held, campaign = campaign.held_slot, replace(campaign, held_slot=0)
        if held and now < held + _life_ms(campaign):
            run, writes = self._start(Versioned(campaign, found.version), fire_at=held, now=now)
            return run, moved(campaign, CampaignState.RUNNING, now), [*writes, planned]
        after = moved(campaign, CampaignState.SCHEDULED, now)
        return None, after, [self._campaigns.update(after, found.version), planned]

    async def _committed(self, released: Released, writes: list[Write]) -> Released:
        try:
            await self._documents.commit(writes)
        except (Conflict, Duplicate) as stale:
            raise Stale(released.campaign.id) from stale
        return released


def _life_ms(campaign: Campaign) -> int:
    return 1000 * (campaign.expiry_seconds or POLICY[campaign.message_class].expiry_seconds)
