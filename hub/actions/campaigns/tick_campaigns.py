"""What happens to campaigns by the passing of time: slots fire, windows close, runs end.

Rules protected: a slot fires once (its `fired` document and its broadcast are one unit of work, so
of two processes one gets a Duplicate and goes on); a time missed by more than its grace sends
nothing, and the campaign says so; a broadcast that fails too often stops itself before it has
annoyed everybody; a recurring campaign that has outgrown its approval waits for its approver, and nothing of
that time leaves. Every step may be repeated and may meet another process doing the same.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass, replace

from campaigns.broadcast import Broadcast, BroadcastState, expires_at
from campaigns.campaign import Campaign, CampaignState
from campaigns.progress import progress
from campaigns.schedule import Due, Schedule, due_slot
from campaigns.totals import TAKEN
from campaigns.window import is_open
from channels.outbox.delivery import POLICY, MessageClass
from hub.actions.campaigns.outbox import CampaignOutbox
from hub.actions.campaigns.planning.count_campaign import grown_words
from hub.actions.campaigns.planning.release_campaign import ReleaseCampaign
from hub.actions.campaigns.settings import CampaignSettings
from hub.actions.campaigns.start_broadcast import StartBroadcast
from hub.model.campaigns.campaign_event import CampaignEventKind
from hub.model.notification import NotificationKind
from hub.repositories.campaigns import CampaignRepository
from hub.repositories.publicity.campaign_history import CampaignHistory
from hub.repositories.schedules import ScheduleRepository
from hub.repositories.staff.notifications import NotificationRepository
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Duplicate, Write
from hub.store.unreadable import Unreadable

MISSED = "到点时系统未运行，已超过补发期限，没有发送"
TOO_OLD = "到点时系统未运行，已超过有效期，没有发送"
RAN_OUT = "超过有效期，未发完的部分不再发送"
NO_SENDER = "发送渠道已停用，没有发送"
BRAKE = "失败比例过高，已自动暂停"
ALARM = "失败比例过高，红色、橙色预警仍在继续发送，请立即核查通道和号码"

log = logging.getLogger(__name__)

_MAY_FIRE = (CampaignState.SCHEDULED, CampaignState.RUNNING)


@dataclass(frozen=True, slots=True)
class Tick:
    """What one tick did, as ids: broadcasts started and ended.

    expanding: broadcasts whose recipients are still to be written, warnings first.
    """

    started: tuple[str, ...] = ()
    finished: tuple[str, ...] = ()
    expired: tuple[str, ...] = ()
    expanding: tuple[str, ...] = ()


class TickCampaigns:
    """One call does everything that is due."""

    def __init__(
        self,
        documents: Documents,
        repository: CampaignRepository,
        schedules: ScheduleRepository,
        outbox: CampaignOutbox,
        start: StartBroadcast,
        release: ReleaseCampaign,
        history: CampaignHistory,
        settings: CampaignSettings,
        notifications: NotificationRepository,
    ) -> None:
        self._documents = documents
        self._repository = repository
        self._schedules = schedules
        self._outbox = outbox
        self._start = start
        self._release = release
        self._history = history
        self._settings = settings
        self._notifications = notifications

    async def __call__(self, now: int) -> Tick:
        """Everything due at `now` (ms UTC). A campaign whose row is damaged waits; the others go on."""
        done = Tick()
        for schedule in await self._schedules.due(now):
            due = due_slot(schedule.value, now, self._settings.zone, self._settings.worked_days())
            if due is not None:
                with suppress(Unreadable):
                    done = await self._fire(schedule, due, now, done)
        active = await self._repository.active_broadcasts()
        for run in sorted(active, key=lambda read: POLICY[read.value.message_class].lane):  # warnings first
            with suppress(Unreadable):
                done = await self._look_at(run, now, done)
        return done

    async def _fire(self, read: Versioned[Schedule], due: Due, now: int, done: Tick) -> Tick:
        schedule = read.value
        campaign = await self._repository.get(schedule.id)
        writes: list[Write] = [
            self._schedules.fire(schedule.id, due.slot, at=now, late=due.late),
            self._schedules.update(replace(schedule, next_at=due.next_at), read.version),
        ]
        run: Broadcast | None = None
        expired = False
        if due.moved:  # the calendar of days off has changed: nothing was due after all
            await self._commit(writes[1:])
            return done
        if campaign is not None and campaign.value.state in _MAY_FIRE:
            known = campaign.value.channel in self._settings.senders
            too_old = expires_at(campaign.value, due.slot) <= now
            why_not = TOO_OLD if too_old else MISSED if due.late else "" if known else NO_SENDER
            if not why_not and (held := await self._held(campaign, read, due, now)):
                await self._commit([writes[0], *held])
                return done
            if not why_not:
                run, starting = self._start(campaign, fire_at=due.slot, now=now)
                writes += starting
                writes.append(self._history.add(campaign.value, CampaignEventKind.STARTED, at=now))
            else:
                expired = not due.next_at and campaign.value.state is CampaignState.SCHEDULED
                after = replace(campaign.value, reason=why_not, changed_at=now)
                if expired:
                    after = campaign.value.moved(CampaignState.EXPIRED, now, reason=why_not)
                writes.append(self._repository.update(after, campaign.version))
                missed = CampaignEventKind.MISSED
                writes.append(self._history.add(after, missed, at=now, reason=why_not))
                writes.append(self._told(after, f"{schedule.id}:{due.slot}", now))
        try:
            await self._documents.commit(writes)
        except (Duplicate, Conflict):  # another process fired it, or a person changed it: look again
            return done
        return replace(
            done,
            started=(*done.started, run.id) if run else done.started,
            expired=(*done.expired, schedule.id) if expired else done.expired,
        )

    async def _held(
        self, campaign: Versioned[Campaign], schedule: Versioned[Schedule], due: Due, now: int
    ) -> list[Write]:
        """The writes that keep a recurring campaign back when it has outgrown its approval; else none.

        One whose run before is still leaving goes on with that run and leaves this time out.
        """
        if not campaign.value.is_recurring:
            return []  # counted at its release, with the recipients of that moment
        found = await self._release.grown(campaign.value)
        if found is None:
            return []
        grown, figures = found
        if campaign.value.state is CampaignState.SCHEDULED:
            _, writes = self._release.send_back(campaign, grown, figures, now, slot=due.slot)
            next_at = 0
        else:
            noted = replace(campaign.value, reason=grown_words(grown), changed_at=now)
            writes = [self._repository.update(noted, campaign.version)]
            writes += self._release.tell_grown(campaign.value, grown, figures, now)
            next_at = due.next_at
        writes.append(self._schedules.update(replace(schedule.value, next_at=next_at), schedule.version))
        return writes

    async def _look_at(self, read: Versioned[Broadcast], now: int, done: Tick) -> Tick:
        run = read.value
        if run.expires_at <= now:
            after = run.moved(BroadcastState.EXPIRED, now, reason=RAN_OUT)
            if await self._end(read, after, now):
                return replace(done, expired=(*done.expired, run.id))
            return done
        if run.state is BroadcastState.PAUSED:
            return done
        numbers = progress(
            await self._outbox.counts(run.id),
            total=run.planned,
            window=run.window(self._settings.windows),
            now=now,
            per_second=0,
        )
        failed, decided = numbers.failed, numbers.failed + numbers.taken
        too_many = decided >= self._settings.brake_after and failed > decided * self._settings.brake_share
        if too_many and not run.braked:  # a person who resumed it has seen the failures
            if run.message_class is not MessageClass.E0:
                await self._brake(read, now)
                return done
            if not await self._alarm(read, now):
                return done
            read = Versioned(replace(run, braked=True), read.version + 1)
            run = read.value
        if run.state is BroadcastState.PLANNING:
            return replace(done, expanding=(*done.expanding, run.id))
        if not numbers.left:
            if await self._end(read, run.moved(BroadcastState.FINISHED, now, reason=run.reason), now):
                return replace(done, finished=(*done.finished, run.id))
            return done
        is_now_open = is_open(run.window(self._settings.windows), now, self._settings.zone)
        wanted = BroadcastState.RUNNING if is_now_open else BroadcastState.WAITING_WINDOW
        if run.state is not wanted:
            moved = run.moved(wanted, now, reason=run.reason)
            await self._commit([self._repository.update_broadcast(moved, read.version)])
        return done

    async def _brake(self, read: Versioned[Broadcast], now: int) -> None:
        """Pauses the whole campaign, so that its page shows one state."""
        writes: list[Write] = []
        for other in await self._repository.broadcasts_of(read.value.campaign_id):
            if other.value.is_active and other.value.state is not BroadcastState.PAUSED:
                counts = await self._outbox.counts(other.value.id)
                taken = sum(counts.get(state.value, 0) for state in TAKEN)
                paused = replace(other.value.paused(now, taken=taken, reason=BRAKE), braked=True)
                writes.append(self._repository.update_broadcast(paused, other.version))
        campaign = await self._repository.get(read.value.campaign_id)
        if campaign is not None and campaign.value.may_become(CampaignState.PAUSED):
            paused_campaign = campaign.value.moved(CampaignState.PAUSED, now, reason=BRAKE)
            writes.append(self._repository.update(paused_campaign, campaign.version))
        await self._commit(writes)

    async def _alarm(self, read: Versioned[Broadcast], now: int) -> bool:
        """Of a red or orange warning it is only said that many fail: silence would be worse."""
        log.error("broadcast.failing", extra={"broadcast": read.value.id})
        noted = replace(read.value, braked=True)
        writes: list[Write] = [self._repository.update_broadcast(noted, read.version)]
        campaign = await self._repository.get(read.value.campaign_id)
        if campaign is not None:
            told = replace(campaign.value, reason=ALARM, changed_at=now)
            writes.append(self._repository.update(told, campaign.version))
        return await self._commit(writes)

    async def _end(self, read: Versioned[Broadcast], after: Broadcast, now: int) -> bool:
        """Ends a run and, when it was the last, its campaign."""
        writes: list[Write] = [self._repository.update_broadcast(after, read.version)]
        campaign = await self._repository.get(after.campaign_id)
        others = [
            other
            for other in await self._repository.broadcasts_of(after.campaign_id)
            if other.value.is_active and other.value.id != after.id
        ]
        if campaign is not None and not others:
            schedule = await self._schedules.get(after.campaign_id)
            wanted = _state_after(campaign.value, after, schedule.value if schedule else None)
            if campaign.value.may_become(wanted):
                ended = campaign.value.moved(wanted, now, reason=after.reason)
                writes.append(self._repository.update(ended, campaign.version))
        if campaign is not None and after.state is BroadcastState.EXPIRED:
            writes.append(self._told(campaign.value, after.id, now))
        return await self._commit(writes)

    def _told(self, campaign: Campaign, run_id: str, now: int) -> Write:
        """Its author is told that a run was not sent, or not all of it."""
        kind = NotificationKind.CAMPAIGN_EXPIRED
        return self._notifications.tell_of_campaign(
            campaign.author_id, kind, campaign.id, at=now, cause=run_id
        )

    async def _commit(self, writes: list[Write]) -> bool:
        try:
            await self._documents.commit(writes)
        except (Conflict, Duplicate):  # a person or another process was first: the next tick looks again
            return False
        return True


def _state_after(campaign: Campaign, run: Broadcast, schedule: Schedule | None) -> CampaignState:
    """Where a campaign stands when its last active run has ended as `run`."""
    if schedule is not None and schedule.next_at:
        return CampaignState.SCHEDULED
    if campaign.state is CampaignState.PAUSED and campaign.is_recurring:
        return CampaignState.PAUSED  # stays: a resume gives it its next time (never a move of its own)
    return CampaignState.EXPIRED if run.state is BroadcastState.EXPIRED else CampaignState.FINISHED
