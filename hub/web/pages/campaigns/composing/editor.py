"""Writing a campaign: text with parts, cost and phone; what was typed is kept, what was saved can be seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from campaigns.campaign import Campaign
from channels.contract import ChannelKind
from hub.actions.campaigns.draft_campaign import Draft
from hub.actions.cases.agent_names import agent_names
from hub.actions.knowledge.compare_entries import FieldChange
from hub.model.agent import Permission
from hub.model.campaigns.text_template import TextTemplate
from hub.runtime.clock import to_local
from hub.runtime.errors import Invalid, NotFound, Stale
from hub.web.form import FormErrors, read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import msgid
from hub.web.keys import HUB
from hub.web.pages.campaigns import sending_words
from hub.web.pages.campaigns.campaign_form import CampaignForm
from hub.web.pages.campaigns.campaigns import LIST_PATH
from hub.web.pages.campaigns.composing.paper import FIELD_NAMES, LEVELS, Paper, chips, paper_of
from hub.web.pages.campaigns.composing.versions import LABELS, changes_of
from hub.web.pages.campaigns.composing.written import (
    draft_from,
    form_from,
    form_of,
    is_blank,
    read,
    senders,
    shown,
    typed_values,
    values_of,
)
from hub.web.pages.campaigns.recipients.audience import chosen_segment, offered_segments
from hub.web.render import translator
from hub.web.staff_page import done, part, staff_page

_STALE = msgid("这个活动刚刚被别人修改。您填写的内容已保留，请核对后再保存。")
_NEXT = {"preview": "preview", "trial": "trial", "stay": "edit"}
"""Where a writer goes from a save, by the button pressed."""


@dataclass(frozen=True, slots=True)
class Other:
    """What somebody else saved meanwhile. changes: from it to what is typed here."""

    by: str
    at: int
    changes: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the editor shows. campaign: None for a new one. version: of its document.

    template: the stored one it begins with. kept_at: when what is shown was kept without being saved, 0 = it
    was saved. unsaved_at: when another new one was kept, which this one would replace; 0 = none.
    """

    form: CampaignForm
    campaign: Campaign | None = None
    version: int = 0
    template: TextTemplate | None = None
    kept_at: int = 0
    other: Other | None = None
    unsaved_at: int = 0


async def new_campaign(request: web.Request) -> web.StreamResponse:
    """GET /staff/campaigns/new?template="""
    template = await _template(request, request.query.get("template", ""))
    kept = await request.app[HUB].actions.publicity.composer.write.kept(agent_of(request), "")
    if kept is not None and is_blank(kept.values):
        kept = None
    if template is not None:
        unsaved_at = kept.saved_at if kept else 0
        return await _editor(
            request, Sheet(form_from(template.content), template=template, unsaved_at=unsaved_at)
        )
    if kept is None:
        return await _editor(request, Sheet(CampaignForm()))
    begun_with = await _template(request, next(iter(kept.values.get("template_id", ())), ""))
    return await _editor(request, Sheet(shown(kept.values), template=begun_with, kept_at=kept.saved_at))


async def create_campaign(request: web.Request) -> web.StreamResponse:
    """POST /staff/campaigns/new"""
    template = await _template(request, (await read_form(request)).get("template_id", ""))
    form = await read(request)
    if isinstance(form, FormErrors):
        sheet = Sheet(shown(await typed_values(request)), template=template)
        return await _editor(request, sheet, errors=form.fields)
    try:
        draft = await _draft(request, form, template)
        campaign = await request.app[HUB].actions.publicity.composer.write.create(agent_of(request), draft)
    except Invalid as refused:
        return await _editor(request, Sheet(form, template=template), errors=refused.problems)
    return await _saved(request, campaign.id)


async def edit_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/campaigns/{campaign_id}/edit?from=: the campaign, or a version to be saved again."""
    hub, agent, campaign_id = request.app[HUB], agent_of(request), request.match_info["campaign_id"]
    found = await hub.actions.campaigns.get(campaign_id)
    write, form = hub.actions.publicity.composer.write, form_of(found.value)
    template = await _template(request, found.value.template_id)
    if number := request.query.get("from", ""):
        old = await write.version(campaign_id, int(number) if number.isdecimal() else 0)
        return await _editor(request, Sheet(form_of(old.content), found.value, found.version, template))
    kept = await write.kept(agent, campaign_id)
    if kept is None or values_of(shown(kept.values)) == values_of(form):
        return await _editor(request, Sheet(form, found.value, found.version, template))
    typed = shown(kept.values)
    other = await _other(request, found.value, typed) if kept.base != found.version else None
    sheet = Sheet(typed, found.value, found.version, template, kept.saved_at, other)
    return await _editor(request, sheet)


async def edit_campaign(request: web.Request) -> web.StreamResponse:
    """POST /staff/campaigns/{campaign_id}/edit"""
    hub, _ = request.app[HUB], translator(request)
    found = await hub.actions.campaigns.get(request.match_info["campaign_id"])
    template = await _template(request, found.value.template_id)
    version = (await read_form(request)).get("version", "")
    base = int(version) if version.isdecimal() else 0
    form = await read(request)
    if isinstance(form, FormErrors):
        sheet = Sheet(shown(await typed_values(request)), found.value, base, template)
        return await _editor(request, sheet, errors=form.fields)
    try:
        draft = await _draft(request, form, template, found.value)
        await hub.actions.publicity.composer.write.edit(
            agent_of(request), found.value.id, draft, version=base
        )
    except Invalid as refused:
        return await _editor(request, Sheet(form, found.value, base, template), errors=dict(refused.problems))
    except Stale:
        now = await hub.actions.campaigns.get(found.value.id)
        other = await _other(request, now.value, form)
        sheet = Sheet(form, now.value, now.version, template, other=other)
        return await _editor(request, sheet, errors={"form": _(_STALE)})
    return await _saved(request, found.value.id)


async def keep_draft(request: web.Request) -> web.StreamResponse:
    """POST /staff/campaigns/new/draft and /staff/campaigns/{campaign_id}/draft: while it is typed."""
    hub, campaign_id = request.app[HUB], request.match_info.get("campaign_id", "")
    fields, values = await read_form(request), await typed_values(request)
    version = fields.get("version", "")
    base = int(version) if version.isdecimal() else 0
    if template_id := fields.get("template_id", ""):
        values["template_id"] = (template_id,)
    at = await hub.actions.publicity.composer.write.keep(agent_of(request), campaign_id, values, base=base)
    return part(request, "staff/draft_saved.html", time=f"{to_local(at):%H:%M}")


async def discard_draft(request: web.Request) -> web.StreamResponse:
    """POST /staff/campaigns/new/discard and /staff/campaigns/{campaign_id}/discard"""
    hub, campaign_id = request.app[HUB], request.match_info.get("campaign_id", "")
    await hub.actions.publicity.composer.write.discard(agent_of(request), campaign_id)
    return done(f"{LIST_PATH}/{campaign_id}/edit" if campaign_id else f"{LIST_PATH}/new", "draft_dropped")


async def paper(request: web.Request) -> web.StreamResponse:
    """POST /staff/campaigns/phone: phone, parts, cost and findings, while it is written."""
    form = shown(await typed_values(request))
    return part(request, "staff/campaign_phone.html", 200, **_beside(await paper_of(request.app[HUB], form)))


def _beside(paper: Paper) -> dict[str, object]:
    return {"paper": paper, "levels": LEVELS, "field_names": FIELD_NAMES}


async def _editor(
    request: web.Request, sheet: Sheet, *, errors: Mapping[str, str] | None = None
) -> web.StreamResponse:
    hub, _, agent = request.app[HUB], translator(request), agent_of(request)
    form = sheet.form
    if sheet.template is not None:  # its class is not a choice
        form = form.model_copy(update={"message_class": sheet.template.content.message_class})
    return staff_page(
        request,
        "staff/campaign_editor.html",
        422 if errors else 200,
        form=form,
        sheet=sheet,
        campaign=sheet.campaign,
        version=sheet.version,
        errors={name: _(text) for name, text in (errors or {}).items()},
        classes=sending_words.classes(hub, _),
        mails=[one.name for one in senders(hub) if one.kind is ChannelKind.MAIL],
        senders=[(one.name, sending_words.sender(hub, one.name, _)) for one in senders(hub)],
        groups=await hub.actions.campaigns.groups(),
        **await offered_segments(request, form),
        regions=[(region.code, region.name) for region in hub.settings.regions],
        chips=chips(),
        labels=LABELS,
        may_try=agent.may(Permission.CAMPAIGN_TRIAL),
        **_beside(await paper_of(hub, form)),
    )


async def _other(request: web.Request, there: Campaign, typed: CampaignForm) -> Other:
    """Who saved what is there now, and how it differs from what is typed here."""
    hub = request.app[HUB]
    last = (await hub.actions.publicity.composer.write.versions(there.id))[0]
    names = await agent_names(hub.repositories, {last.by})
    mine = draft_from(typed)
    return Other(names.get(last.by, ""), last.at, changes_of(request, there, mine))


async def _template(request: web.Request, id: str) -> TextTemplate | None:
    """The stored template of that id; None without one, and for one that is gone."""
    if not id:
        return None
    try:
        return (await request.app[HUB].actions.publicity.composer.templates.get(id)).value
    except NotFound:
        return None


async def _saved(request: web.Request, campaign_id: str) -> web.StreamResponse:
    then = (await read_form(request)).get("then", "preview")
    return done(f"{LIST_PATH}/{campaign_id}/{_NEXT.get(then, 'preview')}", "saved")


async def _draft(
    request: web.Request, form: CampaignForm, template: TextTemplate | None, campaign: Campaign | None = None
) -> Draft:
    """What is meant; a campaign stays with the version of the template it was begun with.

    Raises `Invalid` where the chosen segment does not exist.
    """
    segment = await chosen_segment(request.app[HUB], form)
    number = campaign.template_number if campaign else template.number if template else 0
    return draft_from(form, segment, template_id=template.id if template else "", template_number=number)
