"""Writing a campaign: text with part counter and phone, and whom it reaches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from campaigns import template
from campaigns.campaign import Campaign
from campaigns.segment import Segment
from channels.contract import ChannelKind
from channels.outbox.delivery import MessageClass
from channels.parts import Parts, count
from hub.actions.campaigns.draft_campaign import CLASSES, Draft
from hub.actions.deliveries.channel_profile import ChannelProfile
from hub.hub import Hub
from hub.runtime.errors import Invalid, Stale
from hub.web import badges
from hub.web.form import FormErrors, parse, read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import msgid
from hub.web.keys import HUB
from hub.web.pages.campaigns.campaign_form import CampaignForm
from hub.web.pages.campaigns.campaigns import LIST_PATH
from hub.web.render import translator
from hub.web.staff_page import done, part, staff_page

HINTS: Mapping[MessageClass, str] = {
    MessageClass.L: msgid("09:00–20:30 发送，末尾自动加“拒收请回复R”，拒收的人不发"),
    MessageClass.N: msgid("08:00–22:00 发送，用于办事进度和业务提醒"),
    MessageClass.E1: msgid("随时发送，用于黄色、蓝色预警和紧急提示"),
    MessageClass.E0: msgid("随时发送，最先发出，拒收的人也会收到，只用于红色、橙色预警"),
}
_STALE = msgid("这个活动刚刚被别人修改。您填写的内容已保留，请核对后再保存。")


@dataclass(frozen=True, slots=True)
class Phone:
    """What a recipient will read. size: None where parts do not count. problems: why it cannot go yet."""

    text: str
    size: Parts | None
    problems: tuple[str, ...]


async def new_campaign(request: web.Request) -> web.StreamResponse:
    """GET /staff/campaigns/new"""
    return await _editor(request, CampaignForm())


async def create_campaign(request: web.Request) -> web.StreamResponse:
    """POST /staff/campaigns/new"""
    form = await _read(request)
    if isinstance(form, FormErrors):
        return await _editor(request, await _typed(request), errors=form.fields)
    try:
        campaign = await request.app[HUB].actions.campaigns.create(_draft(form), agent_of(request).id)
    except Invalid as refused:
        return await _editor(request, form, errors=refused.problems)
    return done(f"{LIST_PATH}/{campaign.id}/preview", "saved")


async def edit_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/campaigns/{campaign_id}/edit"""
    found = await request.app[HUB].actions.campaigns.get(request.match_info["campaign_id"])
    return await _editor(request, _form_of(found.value), campaign=found.value, version=found.version)


async def edit_campaign(request: web.Request) -> web.StreamResponse:
    """POST /staff/campaigns/{campaign_id}/edit"""
    desk, _ = request.app[HUB].actions.campaigns, translator(request)
    found = await desk.get(request.match_info["campaign_id"])
    form = await _read(request)
    version = (await read_form(request)).get("version", "")
    if isinstance(form, FormErrors):
        return await _editor(
            request, await _typed(request), campaign=found.value, version=found.version, errors=form.fields
        )
    try:
        await desk.edit(
            found.value.id,
            _draft(form),
            version=int(version) if version.isdigit() else 0,
            by=agent_of(request).id,
        )
    except Invalid as refused:
        errors: Mapping[str, str] = refused.problems
    except Stale:
        errors = {"form": _(_STALE)}
    else:
        return done(f"{LIST_PATH}/{found.value.id}/preview", "saved")
    return await _editor(request, form, campaign=found.value, version=found.version, errors=errors)


async def phone(request: web.Request) -> web.StreamResponse:
    """POST /staff/campaigns/phone: the text on a phone and its parts, while it is written."""
    form = await _typed(request)
    return part(request, "staff/campaign_phone.html", phone=_phone(request.app[HUB], form))


async def _editor(
    request: web.Request,
    form: CampaignForm,
    *,
    campaign: Campaign | None = None,
    version: int = 0,
    errors: Mapping[str, str] | None = None,
) -> web.StreamResponse:
    hub, _ = request.app[HUB], translator(request)
    return staff_page(
        request,
        "staff/campaign_editor.html",
        422 if errors else 200,
        form=form,
        campaign=campaign,
        version=version,
        errors={name: _(text) for name, text in (errors or {}).items()},
        classes=[(kind, badges.MESSAGE_CLASS[kind].text, HINTS[kind]) for kind in HINTS],
        senders=[(p.name, _sender_label(p, _(badges.CHANNEL[p.kind].text))) for p in _senders(hub)],
        groups=await hub.actions.campaigns.groups(),
        regions=[(region.code, region.name) for region in hub.settings.regions],
        phone=_phone(hub, form),
    )


async def _read(request: web.Request) -> CampaignForm | FormErrors:
    return parse(CampaignForm, await _data(request), translator(request))


async def _typed(request: web.Request) -> CampaignForm:
    """What was typed, as far as it can be shown again."""
    data = await _data(request)
    known = {kind.value for kind in MessageClass}
    return CampaignForm.model_construct(
        name=str(data["name"])[:200],
        message_class=MessageClass(
            str(data["message_class"]) if data["message_class"] in known else MessageClass.L
        ),
        channel=str(data["channel"]),
        groups=data["groups"],
        regions=data["regions"],
        title=str(data["title"])[:200],
        template=str(data["template"])[:4000],
        public=bool(data["public"]),
    )


async def _data(request: web.Request) -> dict[str, object]:
    fields = await read_form(request)
    posted = await request.post()
    several = {
        name: tuple(value for value in posted.getall(name, []) if isinstance(value, str))
        for name in ("groups", "regions")
    }
    plain = ("name", "message_class", "channel", "title", "template")
    return {
        **{name: fields.get(name, "") for name in plain},
        **several,
        "public": fields.get("public", "") == "yes",
    }


def _draft(form: CampaignForm) -> Draft:
    kind = next(kind for kind, classes in CLASSES.items() if form.message_class in classes)
    return Draft(
        name=form.name,
        kind=kind,
        message_class=form.message_class,
        channel=form.channel,
        template=form.template,
        segment=Segment(groups=form.groups, regions=form.regions),
        title=form.title,
        public=form.public,
    )


def _form_of(campaign: Campaign) -> CampaignForm:
    return CampaignForm.model_construct(
        name=campaign.name,
        message_class=campaign.message_class,
        channel=campaign.channel,
        groups=campaign.segment.groups,
        regions=campaign.segment.regions,
        title=campaign.title,
        template=campaign.template,
        public=campaign.public,
    )


def _phone(hub: Hub, form: CampaignForm) -> Phone:
    profile = hub.profiles.get(form.channel) or next(iter(_senders(hub)), None)
    kind = profile.kind if profile else ChannelKind.SMS
    text = template.with_marks(
        template.fill(template.pieces(form.template), {}),
        kind=kind,
        message_class=form.message_class,
        signature=profile.signature if profile else "",
    )
    is_empty = not form.template.strip()
    return Phone(
        text="" if is_empty else text,
        size=count("" if is_empty else text) if kind is ChannelKind.SMS else None,
        problems=() if is_empty else template.problems(form.template),
    )


def _senders(hub: Hub) -> list[ChannelProfile]:
    """Channels a campaign may leave by."""
    kinds = (ChannelKind.SMS, ChannelKind.MAIL)
    return [profile for profile in hub.profiles.values() if profile.kind in kinds and profile.can_answer]


def _sender_label(profile: ChannelProfile, kind: str) -> str:
    return f"{kind} · {profile.signature}" if profile.signature else kind
