"""接处警: one alarm, everything that was done about it, and the forms for what is done next.

A page of its own, not a part of the list, because the list is drawn anew with every alarm and would take away
what is being typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from hub.actions.alarms.dispatch.read_handling import Handling
from hub.actions.alarms.dispatch.record_step import MOST_TEXT, MOST_UNIT, StepDraft
from hub.actions.alarms.ways import CommandDesk
from hub.model.agent import Agent, Permission
from hub.model.alarms.handling import StepKind, as_corrected
from hub.model.cases.moves import IllegalMove
from hub.runtime.clock import to_local, to_ms
from hub.runtime.errors import Forbidden, Invalid, Stale
from hub.runtime.ids import new_id
from hub.web.form import read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import Translator, msgid
from hub.web.keys import HUB
from hub.web.pages.alarms.alarms import PATH, REASONS
from hub.web.pages.alarms.handling_words import BY, LIFE, OUTCOMES, duration
from hub.web.render import translator
from hub.web.staff_page import done, staff_page

_CHANGED = msgid("这条警情刚刚有变化，请看最新情况；您填写的内容还在，核对后再提交")
_TAKEN = msgid("已有同事接收，请看下面的记录")
_NOT_STAFF = msgid("只有这个指挥台的人员可以按“已接收”")
_NO_TIME = msgid("请填写有效的时间，例如 09:30")


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed when the page has to be shown again, and what was wrong with it. fields: as the form
    names them, `kind-field`; errors by the same names."""

    fields: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    told: str = ""


async def handling_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/alarms/cases/{case_id}"""
    return await _show(request, Typed())


async def write_step(request: web.Request) -> web.StreamResponse:
    """POST /staff/alarms/cases/{case_id}/steps/{kind}: one form."""
    _, data = translator(request), await read_form(request)
    try:
        kind = StepKind(request.match_info["kind"])
    except ValueError:
        raise web.HTTPNotFound from None
    try:
        draft = _draft(kind, data, request.app[HUB].clock.now_ms())
        await request.app[HUB].alarms.handling.record(
            agent_of(request),
            request.match_info["case_id"],
            draft,
            seen=_whole(data.get("seen", ""), -1),
            key=data.get("key", "")[:64],
        )
    except Invalid as problem:
        errors = {f"{kind}-{name}": _(text) for name, text in problem.problems.items()}
        return await _show(request, Typed(data, errors), 422)
    except IllegalMove as problem:
        return await _show(request, Typed(data, told=_(problem.reason)), 409)
    except Stale:
        return await _show(request, Typed(data, told=_(_CHANGED)), 409)
    return done(_path(request), "alarm_step")


async def received(request: web.Request) -> web.StreamResponse:
    """POST /staff/alarms/cases/{case_id}/received: 已接收, by staff of the desk."""
    _, data = translator(request), await read_form(request)
    take_over = request.app[HUB].alarms.handling.take_over
    try:
        await take_over.on_page(agent_of(request), request.match_info["case_id"], data.get("desk", ""))
    except Stale:
        return await _show(request, Typed(told=_(_TAKEN)), 409)
    except Forbidden:
        return await _show(request, Typed(told=_(_NOT_STAFF)), 403)
    return done(_path(request), "alarm_received")


def life_context(handling: Handling | None, _: Translator) -> dict[str, Any]:
    """What `staff/alarm_life.html` is drawn from."""
    return {
        "handling": handling,
        "life_words": LIFE,
        "life_ways": BY,
        "life_outcomes": OUTCOMES,
        "life_reasons": REASONS,
        "second": lambda at: f"{to_local(at):%m-%d %H:%M:%S}",
        "took": lambda ms: duration(ms // 1000, _),
    }


async def life_of(request: web.Request, agent: Agent, case_id: str) -> dict[str, Any]:
    """For the page of a case: its alarm, None for who does not work on alarms, or where there is none."""
    may = agent.may(Permission.ALARM_DUTY) or agent.may(Permission.REPORT_READ)
    found = await request.app[HUB].alarms.handling.read.of(agent, case_id) if may else None
    return life_context(found, translator(request))


async def _show(request: web.Request, typed: Typed, status: int = 200) -> web.StreamResponse:
    hub, _, agent = request.app[HUB], translator(request), agent_of(request)
    handling = await hub.alarms.handling.read(agent, request.match_info["case_id"])
    regions = {region.code: region.name for region in hub.settings.regions}
    steps = as_corrected(handling.alarm.steps)
    return staff_page(
        request,
        "staff/alarm_handling.html",
        status,
        title=handling.case.title.strip() or _("紧急警情"),
        typed=typed,
        errors=typed.errors,
        path=_path(request),
        key=typed.fields.get("key") or new_id(hub.clock.now_ms()),
        region=regions.get(handling.case.origin.region, handling.case.origin.region),
        desk_options=[(one.id, _label(one, _)) for one in handling.desks],
        dispatch_options=[(str(one.number), one.unit) for one in handling.open_dispatches],
        outcome_options=[("", _("请选择")), *((str(one), _(word)) for one, word in OUTCOMES.items())],
        step_options=[(str(one.number), _step_label(one.number, one.kind, one.at, _)) for one in steps],
        most_text=MOST_TEXT,
        most_unit=MOST_UNIT,
        **life_context(handling, _),
    )


def _draft(kind: StepKind, data: Mapping[str, str], now: int) -> StepDraft:
    """Raises `Invalid` for a time that is none."""

    def typed(name: str) -> str:
        text = data.get(f"{kind}-{name}", "").replace("\r\n", "\n").strip()
        return text if name == "text" else " ".join(text.split())

    return StepDraft(
        kind,
        at=_instant(typed("at"), now),
        desk=typed("desk"),
        of=_whole(typed("of"), 0),
        outcome=typed("outcome"),
        unit=typed("unit"),
        who=typed("who"),
        text=typed("text"),
    )


def _instant(text: str, now: int) -> int:
    """The last time it was so late by the clock (ms UTC), 0 for nothing typed."""
    if not text:
        return 0
    try:
        at = datetime.strptime(text[:5], "%H:%M").time()
    except ValueError:
        raise Invalid({"at": _NO_TIME}) from None
    local = to_local(now)
    that = datetime.combine(local.date(), at, local.tzinfo)
    return to_ms(that if that <= local else that - timedelta(days=1))


def _whole(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else otherwise


def _label(desk: CommandDesk, _: Translator) -> str:
    """With how it will be reached first."""
    first = _(BY[desk.ways[0]]) if desk.ways else _("电话 %(number)s", number=desk.telephone)
    return f"{_(desk.name)}（{first}）"


def _step_label(number: int, kind: StepKind, at: int, _: Translator) -> str:
    return f"{number}. {_(LIFE[kind].text)} {to_local(at):%H:%M}"


def _path(request: web.Request) -> str:
    return f"{PATH}/cases/{request.match_info['case_id']}"
