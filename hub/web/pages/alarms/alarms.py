"""警情台: who is on duty, what rings, what is in hand, what may be danger.

The list is pushed; what an officer presses changes the list alone, because a page that is loaded again has
lost the sound that its officer tested. The page answers each beat of its stream, which is how every
process knows that somebody listens.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from channels.contract import ChannelKind
from hub.actions.alarms.read_alarms import AlarmBoard
from hub.actions.alarms.report import MOST_TEXTS
from hub.model.agent import Agent, Permission
from hub.model.alarms.alarm import AlarmState, ForwardReason, Way
from hub.model.alarms.place_words import marked
from hub.model.alarms.silence import is_silent
from hub.model.cases.moves import IllegalMove
from hub.runtime.bell import ALARMS
from hub.runtime.clock import to_local
from hub.runtime.errors import Invalid, NotFound, Stale
from hub.runtime.ids import new_id
from hub.web import badges
from hub.web.form import FormErrors, parse, read_form
from hub.web.guard.auth import agent_of, session_of
from hub.web.i18n import msgid
from hub.web.keys import HUB, LANGUAGE
from hub.web.pages.aid.aid import aid_of_board, shown_aid
from hub.web.pages.alarms.alarm_form import ActForm, BeatForm, SignOffForm, SignOnForm
from hub.web.render import RENDERER, translator
from hub.web.staff_page import done, part, staff_page
from hub.web.staff_stream import stream

PATH = "/staff/alarms"
WAYS: Mapping[Way, str] = {
    Way.WEBHOOK: msgid("系统转 110"),
    Way.TEXT: msgid("短信转 110"),
    Way.TELEPHONE: msgid("电话转 110"),
}
REASONS: Mapping[ForwardReason, str] = {
    ForwardReason.UNCONFIRMED: msgid("无人确认，自动转 110"),
    ForwardReason.NOBODY: msgid("无人值守，自动转 110"),
    ForwardReason.PERSON: msgid("人工转 110"),
}
_BEAT_SECONDS = 2.0
"""How often the stream says something: well within the time after which a silent page counts as none."""
_BEAT_MS = 1000 * _BEAT_SECONDS - 250
"""Two beats are at least so far apart; less than the pause between two rounds, whose clock is another one."""
_CHANGED = msgid("这条警情刚刚有变化，请看最新情况")
_MOST_ID = 64


async def alarms_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/alarms"""
    return await _page(request)


async def events(request: web.Request) -> web.StreamResponse:
    """GET /staff/alarms/events: the list when it changed, and a beat that the page has to answer."""
    hub, agent = request.app[HUB], agent_of(request)
    renderer, language = request.app[RENDERER], request[LANGUAGE]
    csrf, beat_at = session_of(request).csrf, hub.clock.now_ms()

    async def fill() -> Mapping[str, str]:
        nonlocal beat_at
        # A ring brings no beat: it may be for an alarm that does not exist for this reader.
        if hub.clock.now_ms() - beat_at >= _BEAT_MS:
            beat_at = hub.clock.now_ms()
        board = await hub.alarms.read(agent)
        context = {"csrf": csrf, "words": badges, **await _shown(request, agent, board)}
        html = renderer.text("staff/alarms_list.html", language, context)
        return {"alarms": html, "beat": str(beat_at)}

    return await stream(request, hub.bell, ALARMS, fill, every_seconds=_BEAT_SECONDS)


async def beat(request: web.Request) -> web.StreamResponse:
    """POST /staff/alarms/pages/{page_id}: the page heard its stream."""
    form = parse(BeatForm, await read_form(request), translator(request))
    sounds = not isinstance(form, FormErrors) and form.sounds == "yes"
    await request.app[HUB].alarms.duty.page_seen(agent_of(request), _page_id(request), sounds=sounds)
    return web.Response(status=204)


async def sound_heard(request: web.Request) -> web.StreamResponse:
    """POST /staff/alarms/pages/{page_id}/sound: the officer heard the test."""
    await request.app[HUB].alarms.duty.sound_heard(agent_of(request), _page_id(request))
    return web.Response(status=204)


async def sign_on(request: web.Request) -> web.StreamResponse:
    """POST /staff/alarms/duty/on"""
    form = parse(SignOnForm, await read_form(request), translator(request))
    read = "" if isinstance(form, FormErrors) else form.read
    try:
        await request.app[HUB].alarms.duty.sign_on(agent_of(request), read=read)
    except Invalid as problem:
        return await _page(request, problem)
    return done(PATH, "signed_on")


async def sign_off(request: web.Request) -> web.StreamResponse:
    """POST /staff/alarms/duty/off"""
    form = parse(SignOffForm, await read_form(request), translator(request))
    note = "" if isinstance(form, FormErrors) else form.note
    try:
        await request.app[HUB].alarms.duty.sign_off(agent_of(request), note)
    except Invalid as problem:
        return await _page(request, problem, note=note)
    except NotFound:
        return done(PATH, "signed_off")
    return done(PATH, "signed_off")


async def act(request: web.Request) -> web.StreamResponse:
    """POST /staff/alarms/cases/{case_id}/{act}: one button; the list as it is then."""
    form = parse(ActForm, await read_form(request), translator(request))
    told, acts = "", _acts(request, ActForm() if isinstance(form, FormErrors) else form)
    do = acts.get(request.match_info["act"])
    if do is None:
        raise web.HTTPNotFound
    try:
        await do()
    except Stale:
        told = _CHANGED
    except IllegalMove as problem:
        told = problem.reason
    except Invalid as problem:
        told = next(iter(problem.problems.values()))
    return await shown_list(request, told)


async def shown_list(request: web.Request, told: str, *, to: str = "") -> web.StreamResponse:
    """The answer to a button: the list as it is then, with what has to be said beside it, or the whole page.

    to: where one gets without script when there is nothing to be said; by default the page says it is done.
    """
    if "HX-Request" not in request.headers:
        if told:
            return await _page(request, told=told)
        return web.Response(status=303, headers={"Location": to}) if to else done(PATH, "moved")
    agent = agent_of(request)
    board = await request.app[HUB].alarms.read(agent)
    return part(request, "staff/alarms_list.html", **await _shown(request, agent, board, told=told))


def _acts(request: web.Request, form: ActForm) -> Mapping[str, Callable[[], Awaitable[None]]]:
    hub, agent, case_id = request.app[HUB], agent_of(request), request.match_info["case_id"]
    in_hand, version = hub.alarms.in_hand, form.version
    return {
        "take": lambda: in_hand.take(agent, case_id),
        "dial": lambda: in_hand.dial(agent, case_id),
        "answered": lambda: in_hand.answered(agent, case_id, form.who),
        "forward": lambda: in_hand.pass_on(agent, case_id, Way(form.way or Way.WEBHOOK)),
        "dismiss": lambda: hub.actions.dismiss_alarm(agent, case_id, version=version),
        "confirm": lambda: hub.alarms.confirm_danger(agent, case_id, version=version),
    }


async def _page(
    request: web.Request, problem: Invalid | None = None, *, note: str = "", told: str = ""
) -> web.StreamResponse:
    hub, agent, _ = request.app[HUB], agent_of(request), translator(request)
    board = await hub.alarms.read(agent)
    problems = problem.problems if problem else {}
    return staff_page(
        request,
        "staff/alarms.html",
        422 if problem else 409 if told else 200,
        page_id=new_id(hub.clock.now_ms()),
        may_sign_on=agent.may(Permission.ALARM_DUTY),
        note=note,
        errors={name: _(text) for name, text in problems.items()},
        sound_hours=hub.settings.alarms.sound_hours,
        **await _shown(request, agent, board, told=told),
    )


async def _shown(request: web.Request, agent: Agent, board: AlarmBoard, *, told: str = "") -> dict[str, Any]:
    """What the list is drawn from."""
    settings, now = request.app[HUB].settings.alarms, request.app[HUB].clock.now_ms()
    return {
        "board": board,
        "told": told,
        "me": agent.id,
        "ways": WAYS,
        "reasons": REASONS,
        "states": AlarmState,
        "marked": marked,
        "second": lambda at: f"{to_local(at):%H:%M:%S}",
        "confirm_seconds": settings.confirm_seconds,
        "most_texts": MOST_TEXTS,
        "title_of": title_of_text,
        "must_not_ring": lambda case: case.origin.kind == ChannelKind.SMS and is_silent(case, now),
        **shown_aid(request, await aid_of_board(request, agent, board)),
    }


async def alarms_of(request: web.Request, agent: Agent) -> int | None:
    """How many alarms ring for the agent, None for who cannot open the page (`staff/alarms_link.html`)."""
    if not (agent.may(Permission.ALARM_DUTY) or agent.may(Permission.REPORT_READ)):
        return None
    return await request.app[HUB].alarms.read.unconfirmed(agent)


def title_of_text(text: str) -> str:
    """The beginning of what was written."""
    line = " ".join(text.split())
    return line if len(line) <= _LINE else f"{line[: _LINE - 1]}…"


_LINE = 120


def _page_id(request: web.Request) -> str:
    return request.match_info["page_id"][:_MOST_ID]
