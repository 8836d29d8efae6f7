"""Templates of campaigns: the list, one of them with its versions, and what may be done with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from aiohttp import web
from pydantic import Field

from campaigns import template as marks
from campaigns.finding import Finding
from channels.contract import ChannelKind
from channels.outbox.delivery import MessageClass
from hub.actions.cases.agent_names import agent_names
from hub.actions.knowledge.compare_entries import FieldChange, compare_texts
from hub.hub import Hub
from hub.model.agent import Permission
from hub.model.campaigns.text_template import TemplateChange, TemplateText, TextTemplate
from hub.runtime.errors import Invalid, Stale
from hub.store.codec import Versioned
from hub.web import badges
from hub.web.form import Form, FormErrors, parse, read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import msgid
from hub.web.keys import HUB
from hub.web.pages.campaigns import sending_words
from hub.web.pages.campaigns.campaigns import LIST_PATH
from hub.web.pages.campaigns.composing.paper import FIELD_NAMES, LEVELS, chips
from hub.web.pages.campaigns.composing.written import draft_from, form_from, senders
from hub.web.render import translator
from hub.web.staff_page import done, staff_page

PATH = f"{LIST_PATH}/templates"
LABELS: Mapping[str, str] = {
    "name": msgid("模板名称"),
    "message_class": msgid("内容类型"),
    "text": msgid("正文"),
    "title": msgid("标题"),
    "web_text": msgid("网页正文"),
    "mail_subject": msgid("邮件主题"),
    "mail_text": msgid("邮件正文"),
}
CHANGES: Mapping[TemplateChange, str] = {
    TemplateChange.CREATED: msgid("新建"),
    TemplateChange.EDITED: msgid("修改"),
    TemplateChange.ARCHIVED: msgid("停用"),
    TemplateChange.BROUGHT_BACK: msgid("恢复"),
}
_STALE = msgid("这个模板刚刚被别人修改。您填写的内容已保留，请对照右侧的版本后再保存。")


class TemplateForm(Form):
    """A template as it is typed."""

    MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = {
        ("message_class", "*"): msgid("请选择内容类型"),
    }
    name: str = Field(default="", max_length=200)
    message_class: MessageClass = MessageClass.L
    text: str = Field(default="", max_length=4000)
    title: str = Field(default="", max_length=200)
    web_text: str = Field(default="", max_length=8000)
    mail_subject: str = Field(default="", max_length=200)
    mail_text: str = Field(default="", max_length=8000)

    def content(self) -> TemplateText:
        """What is meant."""
        return TemplateText(
            self.name,
            self.message_class,
            self.text,
            self.title,
            self.web_text,
            self.mail_subject,
            self.mail_text,
        )


async def list_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/campaigns/templates?show=archived"""
    hub, archived = request.app[HUB], request.query.get("show") == "archived"
    found = await hub.actions.publicity.composer.templates.every(archived=archived)
    return staff_page(
        request,
        "staff/campaign_templates.html",
        templates=found,
        plain={one.id: marks.fill(marks.pieces(one.content.text), {}) for one in found},
        archived=archived,
        names=await agent_names(hub.repositories, {one.changed_by for one in found}),
        may_edit=agent_of(request).may(Permission.CAMPAIGN_EDIT),
    )


async def new_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/campaigns/templates/new"""
    return await _page(request, None, _typed({}))


async def template_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/campaigns/templates/{template_id}?number="""
    found = await request.app[HUB].actions.publicity.composer.templates.get(request.match_info["template_id"])
    return await _page(request, found, _values(found.value.content))


async def save(request: web.Request) -> web.StreamResponse:
    """POST /staff/campaigns/templates/new and /staff/campaigns/templates/{template_id}"""
    templates, _ = request.app[HUB].actions.publicity.composer.templates, translator(request)
    id, data = request.match_info.get("template_id", ""), await read_form(request)
    found = await templates.get(id) if id else None
    form = parse(TemplateForm, data, _)
    if isinstance(form, FormErrors):
        return await _page(request, found, _typed(data), errors=form.fields)
    try:
        if found is None:
            made = await templates.create(agent_of(request), form.content())
        else:
            made = await templates.edit(agent_of(request), id, form.content(), version=_version(data))
    except Invalid as refused:
        errors = {name: _(text) for name, text in refused.problems.items()}
        return await _page(request, found, _typed(data), errors=errors)
    except Stale:
        now = await templates.get(id)
        return await _page(request, now, _typed(data), errors={"form": _(_STALE)})
    return done(f"{PATH}/{made.id}", "saved")


async def archive(request: web.Request) -> web.StreamResponse:
    """POST /staff/campaigns/templates/{template_id}/archive"""
    id, data = request.match_info["template_id"], await read_form(request)
    await request.app[HUB].actions.publicity.composer.templates.archive(
        agent_of(request), id, version=_version(data)
    )
    return done(PATH, "template_archived")


async def bring_back(request: web.Request) -> web.StreamResponse:
    """POST /staff/campaigns/templates/{template_id}/bring-back"""
    id, data = request.match_info["template_id"], await read_form(request)
    await request.app[HUB].actions.publicity.composer.templates.bring_back(
        agent_of(request), id, version=_version(data)
    )
    return done(f"{PATH}/{id}", "template_back")


async def _page(
    request: web.Request,
    found: Versioned[TextTemplate] | None,
    values: Mapping[str, str],
    *,
    errors: Mapping[str, str] | None = None,
) -> web.StreamResponse:
    hub, agent = request.app[HUB], agent_of(request)
    versions = await hub.actions.publicity.composer.templates.versions(found.value.id) if found else ()
    wanted = request.query.get("number", "")
    place = next((i for i, one in enumerate(versions) if str(one.number) == wanted), 0)
    before = versions[place + 1].content if place + 1 < len(versions) else None
    return staff_page(
        request,
        "staff/campaign_template.html",
        422 if errors else 200,
        template=found.value if found else None,
        version=found.version if found else 0,
        values=values,
        errors=errors or {},
        classes=sending_words.classes(hub, translator(request)),
        chips=chips(),
        versions=versions,
        shown=versions[place] if versions else None,
        changes=_changes(request, before, versions[place].content) if versions else (),
        fields=LABELS,
        change_words=CHANGES,
        names=await agent_names(hub.repositories, {one.by for one in versions}),
        may_edit=agent.may(Permission.CAMPAIGN_EDIT),
        findings=await _findings(hub, found.value.content) if found else (),
        levels=LEVELS,
        field_names=FIELD_NAMES,
    )


async def _findings(hub: Hub, content: TemplateText) -> list[Finding]:
    """About campaigns that would be written from it, for one sender of each kind, as far as its texts go."""
    ways = {one.kind: one.name for one in senders(hub)} or {ChannelKind.SMS: ""}
    found: list[Finding] = []
    for kind, name in ways.items():
        if kind is ChannelKind.MAIL and not content.mail_text and len(ways) > 1:
            continue  # it would say the same
        draft = draft_from(form_from(content).model_copy(update={"channel": name}))
        told = await hub.actions.publicity.composer.checks(draft)
        found += [one for one in told if one not in found]
    return found


def _changes(
    request: web.Request, before: TemplateText | None, after: TemplateText
) -> tuple[FieldChange, ...]:
    old, new = (_values(one) if one else {} for one in (before, after))
    _ = translator(request)
    for texts in (old, new):
        if texts:
            texts["message_class"] = _(badges.MESSAGE_CLASS[MessageClass(texts["message_class"])].text)
    return tuple(
        FieldChange(name, compare_texts(old.get(name, ""), new[name]))
        for name in LABELS
        if old.get(name, "") != new[name]
    )


def _values(content: TemplateText) -> dict[str, str]:
    return {
        "name": content.name,
        "message_class": content.message_class.value,
        "text": content.text,
        "title": content.title,
        "web_text": content.web_text,
        "mail_subject": content.mail_subject,
        "mail_text": content.mail_text,
    }


def _typed(data: Mapping[str, str]) -> dict[str, str]:
    return {name: data.get(name, MessageClass.L if name == "message_class" else "") for name in LABELS}


def _version(data: Mapping[str, str]) -> int:
    version = data.get("version", "")
    return int(version) if version.isdecimal() else 0
