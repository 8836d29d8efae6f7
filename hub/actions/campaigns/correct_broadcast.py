"""A correction (更正): a campaign of its own to exactly those who may have received a broadcast.

Rules protected: what still waits of the wrong text is withdrawn first; the correction is a draft like any
other, so that nothing leaves without the checks and the approval every text needs; one broadcast has one
correction, whoever clicks how often.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from campaigns.broadcast import Broadcast
from campaigns.campaign import Campaign, CampaignState
from campaigns.segment import Segment
from hub.actions.campaigns.desk import CampaignDesk
from hub.actions.campaigns.draft_campaign import MAX_NAME, MAX_TITLE
from hub.repositories.campaigns import CampaignRepository
from hub.repositories.sending.reached import Reached
from hub.runtime.clock import Clock
from hub.runtime.errors import Invalid, NotFound, Stale
from hub.runtime.ids import new_id
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Duplicate, Write
from hub.store.until_committed import until_committed

MARK = "更正："
_TRIES = 5


@dataclass(frozen=True, slots=True)
class PlannedCorrection:
    """What a correction would do. reached: may have received it. stops: the campaign is still under way and
    is canceled first. made: the correction that exists already, None = none."""

    broadcast: Broadcast
    campaign: Campaign
    reached: int
    stops: bool
    made: Campaign | None


class CorrectBroadcast:
    """`look`, then call."""

    def __init__(
        self,
        documents: Documents,
        repository: CampaignRepository,
        desk: CampaignDesk,
        reached: Reached,
        clock: Clock,
    ) -> None:
        self._documents = documents
        self._repository = repository
        self._desk = desk
        self._reached = reached
        self._clock = clock

    async def look(self, campaign_id: str, broadcast_id: str) -> PlannedCorrection:
        """Raises `NotFound`, or `Invalid` (field `state`) where nobody is known any more."""
        run, campaign = await self._read(campaign_id, broadcast_id)
        made = await self._made(run.value)
        if run.value.forgotten_at and made is None:
            raise Invalid({"state": "接收人名单已按期清除，不能再向原来的接收人发送更正"})
        return PlannedCorrection(
            run.value,
            campaign,
            await self._reached.count(broadcast_id),
            stops=run.value.is_active and campaign.may_become(CampaignState.CANCELED),
            made=made,
        )

    async def __call__(self, agent_id: str, campaign_id: str, broadcast_id: str) -> Campaign:
        """The draft of the correction, made or found. Raises `Invalid`, `NotFound`, `Stale`."""
        seen = await self.look(campaign_id, broadcast_id)
        if seen.made is not None:
            return seen.made
        if seen.stops:
            with suppress(Invalid):  # somebody else was quicker, or it ended by itself
                await self._desk.cancel(campaign_id)

        async def decide() -> tuple[Sequence[Write], Campaign]:
            run, campaign = await self._read(campaign_id, broadcast_id)
            made = await self._made(run.value)
            if made is not None:
                return (), made
            if run.value.is_active:
                raise Stale(campaign_id)
            draft = self._draft(campaign, broadcast_id, agent_id)
            linked = replace(run.value, corrected_by=draft.id)
            return (
                self._repository.insert(draft),
                self._repository.update_broadcast(linked, run.version),
            ), draft

        try:
            return await until_committed(self._documents, decide, tries=_TRIES)
        except (Conflict, Duplicate) as stale:
            raise Stale(campaign_id) from stale

    async def _read(self, campaign_id: str, broadcast_id: str) -> tuple[Versioned[Broadcast], Campaign]:
        run = await self._repository.broadcast(broadcast_id)
        campaign = await self._repository.get(campaign_id)
        if run is None or campaign is None or run.value.campaign_id != campaign_id:
            raise NotFound("broadcast")
        return run, campaign.value

    async def _made(self, run: Broadcast) -> Campaign | None:
        """The correction there is; one that was canceled is none."""
        found = await self._repository.get(run.corrected_by) if run.corrected_by else None
        if found is None or found.value.state is CampaignState.CANCELED:
            return None
        return found.value

    def _draft(self, wrong: Campaign, broadcast_id: str, agent_id: str) -> Campaign:
        """Of the same kind and way, in words to be written; field by field, so that no approval is copied."""
        now = self._clock.now_ms()
        return Campaign(
            id=new_id(now),
            name=(MARK + wrong.name)[:MAX_NAME],
            kind=wrong.kind,
            message_class=wrong.message_class,
            channel=wrong.channel,
            template=f"{MARK}此前发送的“{wrong.title or wrong.name}”内容有误，请以本条为准。",
            segment=Segment(corrects=broadcast_id),
            author_id=agent_id,
            created_at=now,
            title=(MARK + wrong.title)[:MAX_TITLE] if wrong.title else "",
            mail_subject=(MARK + wrong.mail_subject)[:MAX_TITLE] if wrong.mail_subject else "",
            subject=wrong.subject,
            department=wrong.department,
            level=wrong.level,
            night=wrong.night,
            tags=wrong.tags,
            public=wrong.public,
            grace_seconds=wrong.grace_seconds,
            changed_at=now,
        )
