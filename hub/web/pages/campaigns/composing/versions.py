"""What a campaign said before: who saved it when, and what a version changed."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from campaigns.campaign import Campaign
from campaigns.segment import describe
from hub.actions.campaigns.draft_campaign import Draft
from hub.actions.cases.agent_names import agent_names
from hub.actions.knowledge.compare_entries import FieldChange, compare_texts
from hub.model.campaigns.writing import Written
from hub.web import badges
from hub.web.i18n import msgid
from hub.web.keys import HUB, LANGUAGE
from hub.web.render import translator
from hub.web.staff_page import staff_page

LABELS: Mapping[str, str] = {
    "name": msgid("活动名称"),
    "message_class": msgid("内容类型"),
    "channel": msgid("发送渠道"),
    "segment": msgid("接收人"),
    "template": msgid("正文"),
    "title": msgid("标题"),
    "mail_subject": msgid("邮件主题"),
    "mail_text": msgid("邮件正文"),
    "web_text": msgid("网页正文"),
    "public": msgid("公开发布"),
    "tags": msgid("标签"),
}
_YES = msgid("是")

Content = Campaign | Written | Draft


async def versions_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/campaigns/{campaign_id}/versions?number="""
    hub, campaign_id = request.app[HUB], request.match_info["campaign_id"]
    campaign = (await hub.actions.campaigns.get(campaign_id)).value
    versions = await hub.actions.publicity.composer.write.versions(campaign_id)
    wanted = request.query.get("number", "")
    place = next((i for i, one in enumerate(versions) if str(one.number) == wanted), 0)
    before = versions[place + 1].content if place + 1 < len(versions) else None
    return staff_page(
        request,
        "staff/campaign_versions.html",
        campaign=campaign,
        versions=versions,
        shown=versions[place],
        place=len(versions) - place,
        changes=changes_of(request, before, versions[place].content),
        fields=LABELS,
        names=await agent_names(hub.repositories, {one.by for one in versions}),
    )


def changes_of(request: web.Request, before: Content | None, after: Content) -> tuple[FieldChange, ...]:
    """The fields that differ, in the order of `LABELS`, in the reader's words."""
    old, new = (_texts(request, one) if one else {} for one in (before, after))
    return tuple(
        FieldChange(name, compare_texts(old.get(name, ""), new[name]))
        for name in LABELS
        if old.get(name, "") != new[name]
    )


def _texts(request: web.Request, content: Content) -> dict[str, str]:
    _, hub = translator(request), request.app[HUB]
    regions = {region.code: region.name for region in hub.settings.regions}
    return {
        "name": content.name.strip(),
        "message_class": _(badges.MESSAGE_CLASS[content.message_class].text),
        "channel": content.channel,
        "segment": describe(content.segment, request[LANGUAGE], region_names=regions),
        "template": content.template.strip(),
        "title": content.title.strip(),
        "mail_subject": content.mail_subject.strip(),
        "mail_text": content.mail_text.strip(),
        "web_text": content.web_text.strip(),
        "public": _(_YES) if content.public else "",
        "tags": "、".join(content.tags),
    }
