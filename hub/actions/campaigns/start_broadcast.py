"""The writes that start one run of a campaign: run, campaign, published notice, in one unit of work."""

from __future__ import annotations

from typing import Protocol

from campaigns import broadcast as broadcasts
from campaigns.broadcast import Broadcast
from campaigns.campaign import Campaign, CampaignKind, CampaignState
from hub.actions.campaigns.settings import CampaignSettings
from hub.model.notice import Notice, NoticeKind
from hub.repositories.campaigns import CampaignRepository, public_text
from hub.store.codec import Versioned
from hub.store.documents import Insert, Write

_NOTICE_KINDS = {
    CampaignKind.EDUCATION: NoticeKind.EDUCATION,
    CampaignKind.NOTICE: NoticeKind.NOTICE,
    CampaignKind.WARNING: NoticeKind.WARNING,
}


class Notices(Protocol):
    """Where published items go."""

    def insert(self, notice: Notice) -> Insert: ...


class StartBroadcast:
    """Decides, writes nothing itself."""

    def __init__(self, repository: CampaignRepository, notices: Notices, settings: CampaignSettings) -> None:
        self._repository = repository
        self._notices = notices
        self._settings = settings

    def __call__(
        self, read: Versioned[Campaign], *, fire_at: int, now: int
    ) -> tuple[Broadcast, tuple[Write, ...]]:
        """The run for the time `fire_at` and its writes. A repeat of the same time is a Duplicate.

        A campaign that already runs (a long broadcast, and its next time has come) stays running.
        """
        campaign = read.value
        sender = self._settings.senders[campaign.channel]
        run = broadcasts.start(
            campaign, fire_at=fire_at, now=now, kind=sender.kind, signature=sender.signature
        )
        if campaign.state is not CampaignState.RUNNING:
            campaign = campaign.moved(CampaignState.RUNNING, now)
        writes: list[Write] = [
            self._repository.insert_broadcast(run),
            self._repository.update(campaign, read.version),
        ]
        if campaign.public:
            writes.append(self._notices.insert(self._notice(run, campaign, now)))
        return run, tuple(writes)

    def _notice(self, run: Broadcast, campaign: Campaign, now: int) -> Notice:
        return Notice(
            id=run.id,
            kind=_NOTICE_KINDS[campaign.kind],
            title=campaign.title or campaign.name,
            text=public_text(campaign),
            published_at=now,
            updated_at=now,
            publisher=self._settings.publisher,
        )
