"""A department comes over from its old platform: phase, checklist, differences, the switch."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from channels.address import BadAddress, masked, phone
from hub.actions.departments.cutover.change_phase import ChangePhase, NotReady
from hub.actions.departments.cutover.checklist import Line
from hub.model.agent import Agent
from hub.model.departments.cutover import MOVES, Phase
from hub.runtime.errors import Invalid, NotFound, Stale
from hub.web.form import read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import msgid
from hub.web.keys import HUB
from hub.web.pages.departments import cutover_words as words
from hub.web.pages.departments.departments import PATH
from hub.web.render import translator
from hub.web.staff_page import done, staff_page

_STALE = msgid("刚刚有人改动过，下面是现在的状态。请核对后再操作。")
_NOT_READY = msgid("检查清单还有 %(count)s 项未完成，没有切换。")


async def page(request: web.Request) -> web.StreamResponse:
    """GET /staff/departments/{department}/cutover?differing=&twice="""
    return await _show(request)


async def begin(request: web.Request) -> web.StreamResponse:
    """POST …/cutover/begin"""

    async def act(change: ChangePhase, agent: Agent, id: str, data: Mapping[str, str]) -> None:
        await change.begin(agent, id, why=_text(data, "why"))

    return await _changed(request, act, "cutover_begun")


async def move(request: web.Request) -> web.StreamResponse:
    """POST …/cutover/move"""

    async def act(change: ChangePhase, agent: Agent, id: str, data: Mapping[str, str]) -> None:
        to, seq = data.get("to", ""), data.get("seq", "")
        if to not in tuple(Phase) or not seq.isdecimal():
            raise Stale
        await change.move(agent, id, Phase(to), seq=int(seq), why=_text(data, "why"))

    return await _changed(request, act, "cutover_moved")


async def sign(request: web.Request) -> web.StreamResponse:
    """POST …/cutover/lines/{line}: a person answers for it, or takes that back."""

    async def act(change: ChangePhase, agent: Agent, id: str, data: Mapping[str, str]) -> None:
        line = request.match_info["line"]
        if line not in tuple(Line):
            raise NotFound
        if data.get("back"):
            await change.unsign(agent, id, Line(line))
        else:
            await change.sign(agent, id, Line(line), note=_text(data, f"note_{line}"))

    return await _changed(request, act, "cutover_signed")


async def explain(request: web.Request) -> web.StreamResponse:
    """POST …/cutover/differences/{reason}: it is meant so, or that is taken back."""

    async def act(change: ChangePhase, agent: Agent, id: str, data: Mapping[str, str]) -> None:
        reason = request.match_info["reason"]
        if data.get("back"):
            await change.unexplain(agent, id, reason)
        else:
            await change.explain(agent, id, reason, why=_text(data, f"why_{reason}"))

    return await _changed(request, act, "cutover_explained")


_Act = Callable[[ChangePhase, Agent, str, Mapping[str, str]], Awaitable[None]]


async def _changed(request: web.Request, act: _Act, name: str) -> web.StreamResponse:
    hub, _ = request.app[HUB], translator(request)
    id, data = request.match_info["department"], await read_form(request)
    try:
        await act(hub.departments.cutover.change_phase, agent_of(request), id, data)
    except Invalid as refused:
        errors = {field: _(text) for field, text in refused.problems.items()}
        return await _show(request, 422, values=data, errors=errors)
    except NotReady as refused:
        return await _show(request, 409, values=data, problem=_(_NOT_READY, count=len(refused.lines)))
    except Stale:
        return await _show(request, 409, values=data, problem=_(_STALE))
    return done(f"{PATH}/{id}/cutover", name)


async def _show(
    request: web.Request,
    status: int = 200,
    *,
    values: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    problem: str = "",
) -> web.StreamResponse:
    hub, agent = request.app[HUB], agent_of(request)
    read, query = hub.departments.cutover.read, request.query
    overview = await read(
        agent,
        request.match_info["department"],
        differing_after=query.get("differing") or None,
        twice_after=query.get("twice") or None,
    )
    phase = overview.cutover.phase if overview.cutover else None
    ways = [one for one in reversed(Phase) if phase and one in MOVES[phase]]
    return staff_page(
        request,
        "staff/department_cutover.html",
        status,
        department=overview.department,
        overview=overview,
        cutover=overview.cutover,
        phase=phase,
        phases=tuple(Phase),
        ways=ways,
        passed=tuple(Phase).index(phase) if phase else 0,
        checklist=hub.departments.cutover.checklist,
        manages=hub.departments.desk.manages(agent),
        parallel_hours=hub.settings.department_api.parallel_hours,
        shown=shown,
        first_differing=not query.get("differing"),
        first_twice=not query.get("twice"),
        terms=words,
        values=values or {},
        errors=errors or {},
        problem=problem,
    )


def shown(number: str) -> str:
    """A number as a page shows it."""
    try:
        return masked(phone(number))
    except BadAddress:
        return "****"


def _text(data: Mapping[str, str], name: str) -> str:
    return data.get(name, "").strip()
