"""Everything a publicity officer does with a campaign.

Rules protected: all mistakes of a draft are said at once, in Chinese, by field; pause, resume and
cancel change campaign, runs and schedule in one unit of work, and the gate of the dispatcher reads
the run's state right before every send, so that only what is in flight leaves after the click; text
that has begun to leave is never rewritten.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from campaigns.broadcast import Broadcast, BroadcastState
from campaigns.campaign import Campaign, CampaignState
from campaigns.errors import MoveRefused, TextFrozen
from campaigns.expansion import Expansion
from campaigns.schedule import Schedule, ScheduleSpec, from_text, next_fire, problem, to_text
from channels.outbox.ports import Suppressions
from hub.actions.campaigns.draft_campaign import Draft, content, draft_of, problems
from hub.actions.campaigns.outbox import CampaignOutbox
from hub.actions.campaigns.preview_campaign import Preview, PreviewCampaign
from hub.actions.campaigns.settings import CampaignSettings
from hub.actions.campaigns.start_broadcast import Notices, StartBroadcast
from hub.actions.campaigns.tick_campaigns import Tick, TickCampaigns
from hub.actions.campaigns.watch_campaign import CampaignProgress, WatchCampaign
from hub.repositories.campaigns import CampaignRepository
from hub.repositories.memberships import MembershipRepository
from hub.repositories.schedules import ScheduleRepository
from hub.runtime.clock import Clock
from hub.runtime.errors import Invalid, NotFound, Stale
from hub.runtime.ids import new_id
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Duplicate, Write
from hub.store.until_committed import until_committed

_TRIES = 5
T = TypeVar("T")
STATES: dict[CampaignState, str] = {
    CampaignState.DRAFT: "草稿",
    CampaignState.IN_REVIEW: "审核中",
    CampaignState.APPROVED: "已批准",
    CampaignState.SCHEDULED: "待发送",
    CampaignState.RUNNING: "发送中",
    CampaignState.PAUSED: "已暂停",
    CampaignState.FINISHED: "已完成",
    CampaignState.CANCELED: "已取消",
    CampaignState.EXPIRED: "已过期",
}


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
        notices: Notices,
        clock: Clock,
        settings: CampaignSettings,
    ) -> None:
        self._documents = documents
        self._repository = repository
        self._memberships = memberships
        self._schedules = schedules
        self._clock = clock
        self._settings = settings
        self._start = StartBroadcast(repository, notices, settings)
        self._preview = PreviewCampaign(memberships, suppressions, clock, settings)
        self._watch = WatchCampaign(repository, schedules, outbox, clock, settings)
        self._tick = TickCampaigns(documents, repository, schedules, outbox, self._start, settings)
        self._expansion = Expansion(
            memberships, suppressions, outbox, repository, clock, page_size=settings.page_size
        )

    # -- before it starts -------------------------------------------------------------------------

    async def create(self, draft: Draft, agent_id: str) -> Campaign:
        """Stores a new draft. Raises `Invalid`."""
        await self._check(draft)
        campaign = self._campaign(draft, agent_id)
        await self._documents.commit([self._repository.insert(campaign)])
        return campaign

    async def edit(self, campaign_id: str, draft: Draft, *, version: int) -> Campaign:
        """Replaces the content read at `version`. Raises `Invalid`, `NotFound`, `Stale`.

        Once something has left, the text and whom it goes to cannot change.
        """
        read = await self._read(campaign_id)
        if read.version != version:
            raise Stale(campaign_id)
        await self._check(draft)
        try:
            edited = read.value.edited(self._clock.now_ms(), **content(draft))
        except TextFrozen as refused:
            raise Invalid(
                {"template": "已经开始发送，内容和接收人不能再修改；可以取消后另建活动"}
            ) from refused
        except MoveRefused as refused:
            raise Invalid({"state": f"{STATES[read.value.state]}的活动不能修改"}) from refused
        try:
            await self._documents.commit([self._repository.update(edited, read.version)])
        except Conflict as stale:
            raise Stale(campaign_id) from stale
        return edited

    async def preview(self, draft: Draft, *, at: int | None = None) -> Preview:
        """What would happen if it started at `at` (default now). Raises `Invalid`; stores nothing."""
        await self._check(draft)
        return await self._preview(self._campaign(draft, ""), at=at)

    async def schedule(self, campaign_id: str, spec: ScheduleSpec) -> Schedule:
        """Plans it, or plans it anew. Raises `Invalid` (field `schedule` or `state`), `NotFound`."""
        now = self._clock.now_ms()
        if text := problem(spec, now, self._settings.zone):
            raise Invalid({"schedule": text})
        next_at = next_fire(spec, now, self._settings.zone) or 0

        async def decide() -> tuple[Sequence[Write], Schedule]:
            read = await self._read(campaign_id)
            await self._check(draft_of(read.value))
            campaign = replace(read.value, schedule=to_text(spec), changed_at=now, reason="")
            if campaign.state is not CampaignState.SCHEDULED:
                campaign = _moved(campaign, CampaignState.SCHEDULED, now)
            plan = Schedule(
                campaign_id, to_text(spec), next_at, now, campaign.catch_up, campaign.grace_seconds
            )
            old = await self._schedules.get(campaign_id)
            writes: list[Write] = [
                self._repository.update(campaign, read.version),
                self._schedules.update(plan, old.version) if old else self._schedules.insert(plan),
            ]
            return writes, plan

        return await self._until_committed(campaign_id, decide)

    async def withdraw(self, campaign_id: str) -> Campaign:
        """Takes a scheduled campaign that has not started back to draft. Raises `Invalid`, `NotFound`."""

        def back(campaign: Campaign, now: int) -> Campaign:
            if campaign.started_at:
                raise Invalid({"state": "已经发送过，不能退回草稿；可以暂停或取消"})
            return replace(_moved(campaign, CampaignState.DRAFT, now), schedule="")

        return await self._change(campaign_id, back, runs=None, next_at=lambda _: 0)

    # -- running ----------------------------------------------------------------------------------

    async def start_now(self, campaign_id: str) -> Broadcast:
        """Starts a run at once. Raises `Invalid` (field `state`), `NotFound`, `Stale`.

        A one-off plan is used up by it; a recurring one keeps its next time.
        """

        async def decide() -> tuple[Sequence[Write], Broadcast]:
            now = self._clock.now_ms()
            read = await self._read(campaign_id)
            await self._check(draft_of(read.value))
            _moved(read.value, CampaignState.RUNNING, now)  # refuses what must not start
            if read.value.state is CampaignState.PAUSED:
                raise Invalid({"state": "已暂停的活动请选择“继续”"})
            run, starting = self._start(read, fire_at=now, now=now)
            writes: list[Write] = list(starting)
            plan = await self._schedules.get(campaign_id)
            if plan is not None and plan.value.next_at and plan.value.spec.startswith("once "):
                writes.append(self._schedules.update(replace(plan.value, next_at=0), plan.version))
            return writes, run

        return await self._until_committed(campaign_id, decide)

    async def pause(self, campaign_id: str) -> Campaign:
        """Nothing leaves any more but what is in flight. Raises `Invalid`, `NotFound`, `Stale`."""
        return await self._change(
            campaign_id,
            lambda campaign, now: _moved(campaign, CampaignState.PAUSED, now),
            runs=lambda run, now: (
                run if run.state is BroadcastState.PAUSED else run.moved(BroadcastState.PAUSED, now)
            ),
            next_at=lambda _: 0,
        )

    async def resume(self, campaign_id: str) -> Campaign:
        """Goes on with exactly the rest. Raises `Invalid`, `NotFound`, `Stale`."""
        active = [run for run in await self._repository.broadcasts_of(campaign_id) if run.value.is_active]
        now = self._clock.now_ms()

        def next_at(plan: Schedule) -> int:
            return next_fire(from_text(plan.spec), now, self._settings.zone) or 0

        plan = await self._schedules.get(campaign_id)

        def onward(campaign: Campaign, now: int) -> Campaign:
            if campaign.state is not CampaignState.PAUSED:
                raise Invalid({"state": f"{STATES[campaign.state]}的活动不能继续"})
            if active:
                return _moved(campaign, CampaignState.RUNNING, now)
            if plan is not None and next_at(plan.value):
                return _moved(campaign, CampaignState.SCHEDULED, now)
            return replace(
                _moved(campaign, CampaignState.EXPIRED, now), reason="暂停期间发送时间已过，没有发送"
            )

        return await self._change(
            campaign_id,
            onward,
            runs=lambda run, now: run.resumed(now) if run.state is BroadcastState.PAUSED else run,
            next_at=next_at,
        )

    async def cancel(self, campaign_id: str) -> Campaign:
        """Withdraws whatever has not left. Raises `Invalid`, `NotFound`, `Stale`."""
        return await self._change(
            campaign_id,
            lambda campaign, now: _moved(campaign, CampaignState.CANCELED, now),
            runs=lambda run, now: run.moved(BroadcastState.CANCELED, now),
            next_at=lambda _: 0,
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
        now = self._clock.now_ms()
        campaign = Campaign(
            id=new_id(now),
            name=draft.name,
            kind=draft.kind,
            message_class=draft.message_class,
            channel=draft.channel,
            template=draft.template,
            segment=draft.segment,
            author_id=agent_id,
            created_at=now,
            grace_seconds=self._settings.grace_seconds,
        )
        return campaign.edited(now, **content(draft))

    async def _read(self, campaign_id: str) -> Versioned[Campaign]:
        read = await self._repository.get(campaign_id)
        if read is None:
            raise NotFound("campaign")
        return read

    async def _change(
        self,
        campaign_id: str,
        change: Callable[[Campaign, int], Campaign],
        *,
        runs: Callable[[Broadcast, int], Broadcast] | None,
        next_at: Callable[[Schedule], int],
    ) -> Campaign:
        """One decision about a campaign, its active runs and its schedule, in one unit of work."""

        async def decide() -> tuple[Sequence[Write], Campaign]:
            now = self._clock.now_ms()
            read = await self._read(campaign_id)
            after = change(read.value, now)
            writes: list[Write] = [self._repository.update(after, read.version)]
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
        try:
            return await until_committed(self._documents, decide, tries=_TRIES)
        except (Conflict, Duplicate) as stale:
            raise Stale(campaign_id) from stale


def _moved(campaign: Campaign, state: CampaignState, now: int) -> Campaign:
    try:
        return campaign.moved(state, now)
    except MoveRefused as refused:
        text = f"{STATES[campaign.state]}的活动不能改为{STATES[state]}"
        raise Invalid({"state": text}) from refused
