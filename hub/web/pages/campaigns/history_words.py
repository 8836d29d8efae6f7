"""The history of a campaign in words: who did what and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from campaigns.campaign import Campaign
from hub.hub import Hub
from hub.model.campaigns.campaign_event import CampaignEvent, CampaignEventKind
from hub.web.badges import Word
from hub.web.i18n import msgid
from hub.web.pages.campaigns.stored_reasons import reason_said

K = CampaignEventKind
KINDS: Mapping[CampaignEventKind, Word] = {
    K.CREATED: Word(msgid("新建"), icon="plus"),
    K.EDITED: Word(msgid("修改内容，原审批作废"), icon="pen"),
    K.SUBMITTED: Word(msgid("送审"), icon="send"),
    K.APPROVED: Word(msgid("批准"), icon="check"),
    K.RETURNED: Word(msgid("退回"), icon="back"),
    K.WITHDRAWN: Word(msgid("撤回为草稿"), icon="back"),
    K.RELEASED: Word(msgid("发布"), icon="megaphone"),
    K.GREW: Word(msgid("超出审批，退回审批人"), icon="warning"),
    K.STARTED: Word(msgid("到时间开始发送"), icon="play"),
    K.PAUSED: Word(msgid("暂停"), icon="pause"),
    K.RESUMED: Word(msgid("继续"), icon="play"),
    K.CANCELED: Word(msgid("终止"), icon="stop"),
    K.MISSED: Word(msgid("错过时间，没有发送"), icon="warning"),
    K.MOVED: Word(msgid("改期，原审批作废"), icon="calendar"),
    K.MOVED_BACK: Word(msgid("撤销改期"), icon="calendar"),
}


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """A row as it is shown. who: "" = the hub itself. reason: for the translator."""

    event: CampaignEvent
    word: Word
    who: str
    reason: str


async def campaign_history(hub: Hub, campaign: Campaign) -> list[HistoryLine]:
    """Newest first."""
    events = await hub.repositories.publicity.campaign_history.of(campaign.id)
    people = await hub.repositories.agents.get_many([one.agent_id for one in events])
    return [
        HistoryLine(
            one,
            KINDS[one.kind],
            people[one.agent_id].name if one.agent_id in people else "",
            reason_said(one.reason),
        )
        for one in events
    ]
