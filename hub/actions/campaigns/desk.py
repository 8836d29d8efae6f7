"""Everything a publicity officer does with a campaign.

Rules protected: all mistakes of a draft are said at once, in Chinese, by field; an edit voids what was
approved; pause, resume and cancel change campaign, runs and schedule in one unit of work, and the gate of
the dispatcher reads the run's state right before every send, so that only what is in flight leaves after
the click; text that has begun to leave is never rewritten. How a campaign is let go: `submit_campaign.py`,
`approve_campaign.py`, `release_campaign.py`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from campaigns.broadcast import Broadcast, BroadcastState
from campaigns.campaign import Campaign, CampaignState
from campaigns.errors import MoveRefused, TextFrozen
from campaigns.expansion import Expansion
from campaigns.said import Said
from campaigns.schedule import Schedule, from_text
from channels.outbox.ports import Suppressions
from channels.points import Point, point
from hub.actions.campaigns.draft_campaign import Draft, campaign_of, content, problems
from hub.actions.campaigns.outbox import CampaignOutbox
from hub.actions.campaigns.planning.campaign_moves import STATES, moved, read
from hub.actions.campaigns.planning.release_campaign import ReleaseCampaign
from hub.actions.campaigns.preview_campaign import Preview, PreviewCampaign
from hub.actions.campaigns.settings import CampaignSettings
from hub.actions.campaigns.start_broadcast import StartBroadcast
from hub.actions.campaigns.tick_campaigns import Tick, TickCampaigns
from hub.actions.campaigns.watch_campaign import CampaignProgress, WatchCampaign, done_of, taken_of
from hub.model.campaigns.campaign_event import CampaignEventKind
from hub.repositories.campaigns import CampaignRepository
from hub.repositories.memberships import MembershipRepository
from hub.repositories.publicity.campaign_history import CampaignHistory
from hub.repositories.schedules import ScheduleRepository
from hub.repositories.staff.notifications import NotificationRepository
from hub.runtime.clock import Clock
from hub.runtime.errors import Invalid, Stale
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Duplicate, Write
from hub.store.until_committed import until_committed

_TRIES = 5
T = TypeVar("T")
Also = Callable[[Campaign], Sequence[Write]]
"""Gives writes that are stored in the same unit of work as a campaign."""


def nothing(_: Campaign) -> Sequence[Write]:
    """No further writes."""
    return ()


class CampaignDesk:
    """Made once by the composition root; the pages and the job call it."""

    def __init__(
        self,
        documents: Documents,
        repository: CampaignRepository,
        memberships: MembershipRepository,
        schedules: ScheduleRepository,
        outbox: CampaignOutbox,
        suppressions: Suppressions,
        history: CampaignHistory,
        preview: PreviewCampaign,
        start: StartBroadcast,
        release: ReleaseCampaign,
        clock: Clock,
        settings: CampaignSettings,
        notifications: NotificationRepository,
    ) -> None:
        self._documents = documents
        self._repository = repository
        self._memberships = memberships
        self._schedules = schedules
        self._clock = clock
        self._settings = settings
        self._history = history
        self._preview = preview
        self._watch = WatchCampaign(repository, schedules, outbox, clock, settings)
        self._tick = TickCampaigns(
            documents, repository, schedules, outbox, start, release, history, settings, notifications
        )
        self._expansion = Expansion(
            memberships,
            suppressions,
            outbox,
            repository,
            clock,
            page_size=settings.page_size,
            windows=settings.windows,
            sender_for=settings.sender_for,
        )

    # -- before it starts -------------------------------------------------------------------------

    async def create(self, draft: Draft, agent_id: str, *, also: Also = nothing) -> Campaign:
        """Stores a new draft. Raises `Invalid`."""
        await self._check(draft)
        campaign = self._campaign(draft, agent_id)
        created = self._history.add(campaign, CampaignEventKind.CREATED, at=campaign.created_at, by=agent_id)
        await self._documents.commit([self._repository.insert(campaign), created, *also(campaign)])
        return campaign

    async def edit(
        self, campaign_id: str, draft: Draft, *, version: int, by: str, also: Also = nothing
    ) -> Campaign:
        """Replaces the content read at `version`. Raises `Invalid`, `NotFound`, `Stale`.

        by: who edits; they may not approve it any more. What was submitted, approved or planned is a draft
        again. Once something has left, the text and whom it goes to cannot change.
        """
        found = await self._read(campaign_id)
        if found.version != version:
            raise Stale(campaign_id)
        if found.value.segment.corrects:  # whom a correction goes to follows from what it corrects
            draft = replace(draft, segment=found.value.segment)
        await self._check(draft)
        now = self._clock.now_ms()
        try:
            edited = found.value.edited(now, by=by, **content(draft))
        except TextFrozen as refused:
            raise Invalid(
                {"template": "已经开始发送，内容和接收人不能再修改；可以取消后另建活动"}
            ) from refused
        except MoveRefused as refused:
            text = Said("%(state)s的活动不能修改", state=STATES[found.value.state])
            raise Invalid({"state": text}) from refused
        writes: list[Write] = [self._repository.update(edited, found.version)]
        if edited.content_digest != found.value.content_digest:
            writes.append(self._history.add(edited, CampaignEventKind.EDITED, at=now, by=by))
        plan = await self._schedules.get(campaign_id)
        if plan is not None and plan.value.next_at and edited.state is CampaignState.DRAFT:
            writes.append(self._schedules.update(replace(plan.value, next_at=0), plan.version))
        try:
            await self._documents.commit([*writes, *also(edited)])
        except Conflict as stale:
            raise Stale(campaign_id) from stale
        return edited

    async def preview(self, draft: Draft, *, at: int | None = None) -> Preview:
        """What would happen if it started at `at` (default now). Raises `Invalid`; stores nothing."""
        await self._check(draft)
        return await self._preview(self._campaign(draft, ""), at=at)

    async def withdraw(self, campaign_id: str, *, by: str = "") -> Campaign:
        """Takes back to draft what was submitted, approved or planned and has not started.

        Raises `Invalid`, `NotFound`, `Stale`.
        """

        def back(campaign: Campaign, now: int) -> Campaign:
            if campaign.started_at:
                raise Invalid({"state": "已经发送过，不能撤回为草稿；可以暂停或终止"})
            return replace(moved(campaign, CampaignState.DRAFT, now), approvals=(), released_at=0)

        kind = CampaignEventKind.WITHDRAWN
        return await self._change(campaign_id, back, runs=None, next_at=lambda _: 0, kind=kind, by=by)

    # -- running ----------------------------------------------------------------------------------

    async def pause(self, campaign_id: str, *, by: str = "") -> Campaign:
        """Nothing leaves any more but what is in flight. Raises `Invalid`, `NotFound`, `Stale`."""
        so_far = await self._watch.of_active(campaign_id)
        return await self._change(
            campaign_id,
            lambda campaign, now: moved(campaign, CampaignState.PAUSED, now),
            runs=lambda run, now: (
                run if run.state is BroadcastState.PAUSED else run.paused(now, taken=taken_of(run, so_far))
            ),
            next_at=lambda _: 0,
            kind=CampaignEventKind.PAUSED,
            by=by,
        )

    async def resume(self, campaign_id: str, *, by: str = "") -> Campaign:
        """Goes on with exactly the rest. Raises `Invalid`, `NotFound`, `Stale`."""
        so_far = await self._watch.of_active(campaign_id)
        active = [run for run in await self._repository.broadcasts_of(campaign_id) if run.value.is_active]
        now = self._clock.now_ms()

        def next_at(plan: Schedule) -> int:
            return self._settings.next_time(from_text(plan.spec), now)

        plan = await self._schedules.get(campaign_id)

        def onward(campaign: Campaign, now: int) -> Campaign:
            if campaign.state is not CampaignState.PAUSED:
                raise Invalid({"state": Said("%(state)s的活动不能继续", state=STATES[campaign.state])})
            if active:
                return moved(campaign, CampaignState.RUNNING, now)
            if plan is not None and next_at(plan.value):
                return moved(campaign, CampaignState.SCHEDULED, now)
            return replace(
                moved(campaign, CampaignState.EXPIRED, now), reason="暂停期间发送时间已过，没有发送"
            )

        return await self._change(
            campaign_id,
            onward,
            runs=lambda run, now: (
                run.resumed(now).going_on(now, done=done_of(run, so_far))
                if run.state is BroadcastState.PAUSED
                else run
            ),
            next_at=next_at,
            kind=CampaignEventKind.RESUMED,
            by=by,
        )

    async def cancel(self, campaign_id: str, *, by: str = "") -> Campaign:
        """Withdraws whatever has not left. Raises `Invalid`, `NotFound`, `Stale`."""
        return await self._change(
            campaign_id,
            lambda campaign, now: moved(campaign, CampaignState.CANCELED, now),
            runs=lambda run, now: run.moved(BroadcastState.CANCELED, now),
            next_at=lambda _: 0,
            kind=CampaignEventKind.CANCELED,
            by=by,
        )

    async def tick(self, now: int | None = None) -> Tick:
        """Fires what is due and ends what is done; harmless at any time and from any process."""
        return await self._tick(self._clock.now_ms() if now is None else now)

    async def expand_some(self, broadcast_id: str, *, pages: int = 1) -> Broadcast | None:
        """Writes up to `pages` pages of recipients; the run afterwards, None when it does not exist."""
        return await self._expansion.step(broadcast_id, pages=pages)

    # -- reading ----------------------------------------------------------------------------------

    async def get(self, campaign_id: str) -> Versioned[Campaign]:
        """A campaign with its version. Raises `NotFound`."""
        return await self._read(campaign_id)

    async def groups(self) -> dict[str, int]:
        """The groups an officer may choose, with their sizes."""
        return await self._memberships.groups()

    async def upcoming(self) -> dict[str, int]:
        """Campaign id → its next time, for alarms."""
        return {plan.id: plan.next_at for plan in await self._schedules.upcoming()}

    async def progress(self, campaign_id: str) -> CampaignProgress:
        """How far it is. Raises `NotFound`."""
        return await self._watch(campaign_id)

    # -- inside -----------------------------------------------------------------------------------

    async def _check(self, draft: Draft) -> None:
        found = problems(draft, self._settings, groups=await self._memberships.groups())
        if found:
            raise Invalid(found)

    def _campaign(self, draft: Draft, agent_id: str) -> Campaign:
        grace = self._settings.grace_seconds
        return campaign_of(draft, by=agent_id, now=self._clock.now_ms(), grace_seconds=grace)

    async def _read(self, campaign_id: str) -> Versioned[Campaign]:
        return await read(self._repository, campaign_id)

    async def _change(
        self,
        campaign_id: str,
        change: Callable[[Campaign, int], Campaign],
        *,
        runs: Callable[[Broadcast, int], Broadcast] | None,
        next_at: Callable[[Schedule], int],
        kind: CampaignEventKind,
        by: str,
    ) -> Campaign:
        """One decision about a campaign, its active runs and its schedule, in one unit of work."""

        async def decide() -> tuple[Sequence[Write], Campaign]:
            now = self._clock.now_ms()
            found = await self._read(campaign_id)
            after = change(found.value, now)
            writes: list[Write] = [self._repository.update(after, found.version)]
            writes.append(self._history.add(after, kind, at=now, by=by))
            for run in await self._repository.broadcasts_of(campaign_id):
                if runs is not None and run.value.is_active:
                    writes.append(self._repository.update_broadcast(runs(run.value, now), run.version))
            plan = await self._schedules.get(campaign_id)
            if plan is not None:
                changed = replace(plan.value, next_at=next_at(plan.value))
                writes.append(self._schedules.update(changed, plan.version))
            return writes, after

        return await self._until_committed(campaign_id, decide)

    async def _until_committed(
        self, campaign_id: str, decide: Callable[[], Awaitable[tuple[Sequence[Write], T]]]
    ) -> T:
        point(Point.BEFORE_DECISION)
        try:
            decided = await until_committed(self._documents, decide, tries=_TRIES)
        except (Conflict, Duplicate) as stale:
            raise Stale(campaign_id) from stale
        point(Point.AFTER_DECISION)
        return decided
