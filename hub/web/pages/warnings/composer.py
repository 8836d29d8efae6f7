"""The composer: one form for both types, with templates, and why a colour is or is not offered."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from channels.outbox.delivery import WarningLevel
from hub.actions.warnings.draft_warning import read
from hub.model.warnings.events import EventClass
from hub.model.warnings.issue import WAITING, Issue
from hub.model.warnings.leaving import NO_COLOUR, Night
from hub.model.warnings.message import MessageKind
from hub.runtime.errors import Invalid, NotFound, Stale
from hub.settings.warnings.shipped import shipped_templates
from hub.web.form import read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import Translator, msgid
from hub.web.keys import HUB
from hub.web.pages.warnings import words
from hub.web.pages.warnings.warning_form import NOTICE, WARNING, empty, of_issue, typed, written
from hub.web.pages.warnings.warnings import CHANNEL_KINDS, PATH
from hub.web.render import translator
from hub.web.staff_page import done, staff_page

_STALE = msgid("这条预警刚刚被别人修改。您填写的内容已保留，请核对后再保存。")
_NIGHT: Mapping[Night, str] = {
    Night.ALWAYS: msgid("任何时候马上发出"),
    Night.BY_RIGHT: msgid("夜间等到早晨，除非有权的人放行"),
    Night.NEVER: msgid("夜间一律等到早晨"),
}


async def new_warning(request: web.Request) -> web.StreamResponse:
    """GET /staff/warnings/new?template=&kind="""
    hub = request.app[HUB]
    template = shipped_templates().get(request.query.get("template", ""), {})
    kind = NOTICE if request.query.get("kind") == NOTICE else WARNING
    values = empty(template, hub.warnings.settings, kind, hub.clock.now_ms())
    return await _form(request, values)


async def create(request: web.Request) -> web.StreamResponse:
    """POST /staff/warnings/new"""
    desk, values = request.app[HUB].warnings, typed(await read_form(request))
    try:
        issue = await desk.draft.create(agent_of(request), written(values, desk.settings))
    except Invalid as refused:
        return await _form(request, values, errors=refused.problems)
    return done(f"{PATH}/{issue.id}", "saved")


async def edit_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/warnings/{warning_id}/edit"""
    found = await read(request.app[HUB].repositories.publicity.warnings, request.match_info["warning_id"])
    if found.value.stage not in WAITING:
        raise NotFound("warning")
    return await _form(request, of_issue(found.value), found.value, found.version)


async def edit(request: web.Request) -> web.StreamResponse:
    """POST /staff/warnings/{warning_id}/edit"""
    hub = request.app[HUB]
    found = await read(hub.repositories.publicity.warnings, request.match_info["warning_id"])
    data = await read_form(request)
    values, version = typed(data), data.get("version", "")
    try:
        await hub.warnings.draft.edit(
            agent_of(request),
            found.value.id,
            int(version) if version.isdigit() else 0,
            written(values, hub.warnings.settings, found.value),
        )
    except Invalid as refused:
        return await _form(request, values, found.value, found.version, errors=refused.problems)
    except Stale:
        return await _form(request, values, found.value, found.version, errors={"state": _STALE})
    return done(f"{PATH}/{found.value.id}", "saved")


async def _form(
    request: web.Request,
    values: Mapping[str, str],
    issue: Issue | None = None,
    version: int = 0,
    *,
    errors: Mapping[str, str] | None = None,
) -> web.StreamResponse:
    hub, _ = request.app[HUB], translator(request)
    settings = hub.warnings.settings
    return staff_page(
        request,
        "staff/warning_form.html",
        422 if errors else 200,
        values=values,
        issue=issue,
        version=version,
        is_lift=issue is not None and issue.kind is MessageKind.LIFT,
        is_update=issue is not None and issue.kind is MessageKind.UPDATE,
        is_notice=values["type"] == NOTICE,
        kind_word=_(words.KIND[issue.kind]) if issue else "",
        fixed_drill=bool(issue and issue.drill and issue.source_status not in ("", "Actual")),
        units=[("", _("请选择")), *((unit.name, unit.name) for unit in settings.units)],
        events=_events(request, _),
        levels=_levels(request, _),
        reasons=_reasons(request, _),
        no_colour=_(NO_COLOUR),
        topic_options=[(str(topic), _(word)) for topic, word in words.TOPIC.items()],
        channels=[
            (name, f"{_(CHANNEL_KINDS.get(sender.kind, ''))} {name}".strip())
            for name, sender in settings.campaigns.senders.items()
        ],
        groups=list((await hub.repositories.memberships.groups()).items()),
        templates=[(name, _(word)) for name, word in words.TEMPLATE.items()],
        errors={name: _(text) for name, text in (errors or {}).items()},
    )


def _events(request: web.Request, _: Translator) -> list[tuple[str, list[tuple[str, str]]]]:
    """The events by class."""
    table = request.app[HUB].warnings.settings.events
    return [
        (_(word), [(str(one.code), one.name) for one in table if one.event_class is event_class])
        for event_class, word in words.EVENT_CLASS.items()
    ]


def _levels(request: web.Request, _: Translator) -> list[tuple[str, str, str]]:
    """The colours, each with what it does at night and why."""
    rows = request.app[HUB].warnings.settings.rules.rows
    return [
        (
            level.value,
            _(word.text),
            f"{_(_NIGHT[rows[level.value].night])}；{_(rows[level.value].legal_basis)}",
        )
        for level, word in words.LEVEL.items()
        if level is not WarningLevel.NONE
    ]


def _reasons(request: web.Request, _: Translator) -> list[tuple[str, bool, str]]:
    """By class whether it may have a colour, and why."""
    rules = request.app[HUB].warnings.settings.rules
    return [
        (_(words.EVENT_CLASS[event_class]), rules.colours[event_class].allowed, _(rules.why(event_class)))
        for event_class in EventClass
    ]
