"""The history of campaigns. Rule protected: rows are only added; there is no write that changes one."""

from __future__ import annotations

from campaigns.approval import Figures
from campaigns.campaign import Campaign
from hub.model.campaigns.campaign_event import CampaignEvent, CampaignEventKind
from hub.runtime.ids import new_id
from hub.store.codec import Shape
from hub.store.crypto import Vault
from hub.store.documents import Collection, Documents, Insert

COLLECTIONS = (
    Collection(
        "campaign_history",
        fields={"campaign_id": str, "at": int},
        indexes=(("campaign_id", "at"),),
    ),
)

_NONE = Figures(0, 0, 0, 0)


class CampaignHistory:
    """Reads rows; gives the write that adds one."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._events = Shape(CampaignEvent, "campaign_history", vault)

    def add(
        self,
        campaign: Campaign,
        kind: CampaignEventKind,
        *,
        at: int,
        by: str = "",
        reason: str = "",
        figures: Figures | None = None,
        before: int = 0,
    ) -> Insert:
        """The write of a row; it belongs into the unit of work of what it tells of."""
        numbers = figures or _NONE
        event = CampaignEvent(
            new_id(at),
            campaign.id,
            at,
            kind,
            by,
            reason,
            campaign.content_digest,
            numbers.deliveries,
            numbers.parts,
            numbers.cost_fen,
            before,
        )
        return self._events.insert(event)

    async def of(self, campaign_id: str, *, limit: int = 200) -> list[CampaignEvent]:
        """The rows of one campaign, newest first."""
        found = await self._documents.find(
            "campaign_history", {"campaign_id": campaign_id}, sort=(("at", -1),), limit=limit
        )
        return self._events.listed(found)
