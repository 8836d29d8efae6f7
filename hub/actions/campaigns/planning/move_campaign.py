"""Moving a planned campaign to another time, on the calendar.

Rule protected: the time is part of what was approved, so a moved campaign has to be approved again. Its
approvals stay with it all the same: whoever moves it back has exactly what was approved, and it stands
where it stood.
"""

from __future__ import annotations

from dataclasses import replace

from campaigns.campaign import Campaign, CampaignState
from campaigns.said import Said
from campaigns.schedule import Once, Schedule, from_text, problem, to_text
from hub.actions.campaigns.planning.campaign_moves import STATES, moved, read
from hub.actions.campaigns.settings import CampaignSettings
from hub.model.campaigns.campaign_event import CampaignEventKind
from hub.repositories.campaigns import CampaignRepository
from hub.repositories.publicity.campaign_history import CampaignHistory
from hub.repositories.schedules import ScheduleRepository
from hub.runtime.clock import Clock
from hub.runtime.errors import Invalid, Stale
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Write

_MOVABLE = (CampaignState.DRAFT, CampaignState.IN_REVIEW, CampaignState.APPROVED, CampaignState.SCHEDULED)


class MoveCampaign:
    """For writers."""

    def __init__(
        self,
        documents: Documents,
        campaigns: CampaignRepository,
        schedules: ScheduleRepository,
        history: CampaignHistory,
        clock: Clock,
        settings: CampaignSettings,
    ) -> None:
        self._documents = documents
        self._campaigns = campaigns
        self._schedules = schedules
        self._history = history
        self._clock = clock
        self._settings = settings

    async def __call__(self, campaign_id: str, by: str, at: int) -> Campaign:
        """To another time (ms UTC); what was submitted or approved is a draft again.

        Raises `Invalid` (field `at`), `NotFound`, `Stale`.
        """
        found, now = await read(self._campaigns, campaign_id), self._clock.now_ms()
        campaign = found.value
        if refused := not_movable(campaign):
            raise Invalid({"at": refused})
        if text := problem(Once(at), now, self._settings.zone):
            raise Invalid({"at": text})
        before = f"{campaign.state} {campaign.schedule}"
        if campaign.state is not CampaignState.DRAFT:
            campaign = moved(campaign, CampaignState.DRAFT, now)
        after = replace(
            campaign,
            schedule=to_text(Once(at)),
            editor_ids=tuple(dict.fromkeys((*campaign.editor_ids, by))),
            moved_from=before,
            changed_at=now,
        )
        return await self._commit(found, after, CampaignEventKind.MOVED, now, by=by, next_at=0)

    async def undo(self, campaign_id: str, by: str) -> Campaign:
        """Back to the time it was moved from, in the state it had. Raises `Invalid`, `NotFound`, `Stale`."""
        found, now = await read(self._campaigns, campaign_id), self._clock.now_ms()
        state, _, schedule = found.value.moved_from.partition(" ")
        if found.value.state is not CampaignState.DRAFT or not schedule:
            raise Invalid({"at": "没有可以撤销的改期"})
        next_at = self._settings.next_time(from_text(schedule), now)
        if not next_at:
            raise Invalid({"at": "原来的发送时间已经过去，不能撤销"})
        after = replace(found.value, schedule=schedule, moved_from="", changed_at=now)
        was_approved = state in (CampaignState.APPROVED, CampaignState.SCHEDULED)
        if was_approved and not after.standing_approvals:
            raise Invalid({"at": "内容已经修改，不能撤销；请重新送审"})
        after = replace(after, state=CampaignState(state))
        is_planned = after.state is CampaignState.SCHEDULED
        kind = CampaignEventKind.MOVED_BACK
        return await self._commit(found, after, kind, now, by=by, next_at=next_at if is_planned else 0)

    async def _commit(
        self,
        found: Versioned[Campaign],
        after: Campaign,
        kind: CampaignEventKind,
        now: int,
        *,
        by: str,
        next_at: int,
    ) -> Campaign:
        writes: list[Write] = [
            self._campaigns.update(after, found.version),
            self._history.add(after, kind, at=now, by=by),
        ]
        plan = await self._schedules.get(after.id)
        if plan is not None:
            changed: Schedule = replace(plan.value, spec=after.schedule, next_at=next_at)
            writes.append(self._schedules.update(changed, plan.version))
        try:
            await self._documents.commit(writes)
        except Conflict as stale:
            raise Stale(after.id) from stale
        return after


def not_movable(campaign: Campaign) -> str:
    """Why it has no place that it could be moved from, in Chinese, or ""."""
    if campaign.started_at or campaign.state not in _MOVABLE:
        return Said("%(state)s的活动不能改期", state=STATES[campaign.state])
    if not campaign.schedule or campaign.is_recurring:
        return "只有定在一个时间的活动可以改期；重复的计划请撤回为草稿后修改"
    return ""
