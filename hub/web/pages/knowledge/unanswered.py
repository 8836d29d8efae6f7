"""Questions nobody answered, put together, and what an editor makes of them with one press."""

from __future__ import annotations

from enum import StrEnum

from aiohttp import web

from hub.actions.knowledge.sort_questions import QuestionCluster
from hub.runtime.errors import NotFound, Stale
from hub.web.form import Form, FormErrors, parse, read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import msgid
from hub.web.keys import HUB
from hub.web.render import translator
from hub.web.staff_page import done, staff_page

PATH = "/staff/entries/unanswered"
SHOWN = 30
_EXAMPLES = 5
_MEANWHILE = msgid("这些问题刚刚有了变化，没有改动。下面是现在的情况。")


class Decision(StrEnum):
    """What is to be made of a cluster."""

    DRAFT = "draft"
    ADD = "add"
    DISMISS = "dismiss"
    RESTORE = "restore"


class DecisionForm(Form):
    """`cluster`: its id; `entry`: where its wordings go, for ADD."""

    decision: Decision
    cluster: str = ""
    entry: str = ""


async def unanswered_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/entries/unanswered?show=dismissed"""
    return await _show(request)


async def decide(request: web.Request) -> web.StreamResponse:
    """POST /staff/entries/unanswered: a draft is opened at once, the rest comes back to the list."""
    sort, by = request.app[HUB].actions.sort_questions, agent_of(request).id
    form = parse(DecisionForm, await read_form(request), translator(request))
    if isinstance(form, FormErrors):
        raise web.HTTPBadRequest  # only our own buttons send this form
    try:
        match form.decision:
            case Decision.DRAFT:
                record = await sort.draft(form.cluster, by=by)
                return done(f"/staff/entries/{record.id}", "drafted")
            case Decision.ADD:
                record = await sort.add(form.cluster, form.entry, by=by)
                return done(f"/staff/entries/{record.id}", "worded")
            case Decision.DISMISS:
                await sort.dismiss(form.cluster, by=by)
                return done(PATH, "dismissed")
            case Decision.RESTORE:
                await sort.bring_back(form.cluster, by=by)
                return done(PATH, "reopened")
    except (Stale, NotFound):
        return await _show(request, 409, translator(request)(_MEANWHILE))


async def _show(request: web.Request, status: int = 200, problem: str = "") -> web.StreamResponse:
    sort = request.app[HUB].actions.sort_questions
    found = await sort.all()
    dismissed = request.query.get("show") == "dismissed"
    clusters = found.dismissed if dismissed else found.open
    return staff_page(
        request,
        "staff/unanswered.html",
        status,
        rows=[_row(cluster, sort.nearest(cluster)) for cluster in clusters[:SHOWN]],
        open_count=len(found.open),
        dismissed_count=len(found.dismissed),
        dismissed=dismissed,
        shown=SHOWN,
        cut=found.cut,
        unknown=found.words,
        problem=problem,
    )


def _row(cluster: QuestionCluster, near: object) -> dict[str, object]:
    return {
        "cluster": cluster,
        "examples": cluster.texts[1:_EXAMPLES],
        "more": max(0, len(cluster.texts) - _EXAMPLES),
        "near": near,
    }
