"""Deliveries that ended without arriving: why, and sending them again, one by one or all that a filter finds.

Before many are sent again their number is shown, and what is left out with its reason.
"""

from __future__ import annotations

from aiohttp import web

from channels.address import masked
from hub.actions.deliveries.redrive import MOST, Ended, Refusal
from hub.runtime.errors import Invalid, Stale
from hub.web.delivery_reasons import REASONS, words_of
from hub.web.form import FormErrors, parse, placed, read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import msgid
from hub.web.keys import HUB
from hub.web.pages.deliveries.deliveries import MEANWHILE
from hub.web.pages.deliveries.ended_form import EndedForm
from hub.web.pages.deliveries.words import CLASS, REFUSAL
from hub.web.render import translator
from hub.web.staff_page import done, staff_page

PATH = "/staff/deliveries/ended"
_NOTHING = msgid("没有可以重新发送的投递")


async def ended_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/deliveries/ended?reason=&sender=&since=&until=&after="""
    return await _show(request)


async def again(request: web.Request) -> web.StreamResponse:
    """POST /staff/deliveries/ended/{delivery_id}/again"""
    _ = translator(request)
    delivery_id = request.match_info["delivery_id"]
    try:
        await request.app[HUB].actions.delivery_desk.redrive.one(agent_of(request), delivery_id)
    except Stale:
        return await _show(request, 409, _(MEANWHILE))
    except Invalid as refused:
        return await _show(request, 422, _(REFUSAL[Refusal(refused.problems["delivery"])]))
    return done(PATH, "again")


async def look(request: web.Request) -> web.StreamResponse:
    """GET /staff/deliveries/ended/look: how many a filter finds, before anything is done."""
    hub = request.app[HUB]
    form = parse(EndedForm, request.query, translator(request))
    if isinstance(form, FormErrors):
        return await _show(request)
    now = hub.clock.now_ms()
    bounded = form.model_copy(update={"before": now})
    found = await hub.actions.delivery_desk.redrive.look(agent_of(request), bounded.wanted())
    return staff_page(
        request,
        "staff/deliveries_again.html",
        form=form,
        back=form.address(PATH),
        fields=form.fields() | {"before": str(now)},
        found=found,
        most=MOST,
        refusals=[(REFUSAL[why], count) for why, count in found.refused.items()],
        reason=words_of(form.reason),
    )


async def all_again(request: web.Request) -> web.StreamResponse:
    """POST /staff/deliveries/ended/again: what was looked at."""
    _ = translator(request)
    form = parse(EndedForm, await read_form(request), _)
    if isinstance(form, FormErrors):
        raise web.HTTPBadRequest  # only our own page sends this form
    went = await request.app[HUB].actions.delivery_desk.redrive.many(agent_of(request), form.wanted())
    return done(PATH, "again") if went else await _show(request, 409, _(_NOTHING))


async def _show(request: web.Request, status: int = 200, problem: str = "") -> web.StreamResponse:
    hub = request.app[HUB]
    read = parse(EndedForm, request.query, translator(request))
    errors = placed(read.fields, "until") if isinstance(read, FormErrors) else {}
    form = EndedForm() if isinstance(read, FormErrors) else read
    after = request.query.get("after") or None
    page = await hub.actions.delivery_desk.redrive.page(agent_of(request), form.wanted(), after=after)
    # Never those of all rows: which of them exist is not everybody's to know.
    reasons = sorted({*REASONS, *(row.letter.reason for row in page.rows), form.reason} - {""})
    return staff_page(
        request,
        "staff/deliveries_ended.html",
        422 if errors else status,
        form=form,
        errors=errors,
        typed=request.query,
        rows=[_row(row) for row in page.rows],
        reasons=[(code, words_of(code)) for code in reasons],
        senders=sorted(hub.profiles),
        look=form.address(f"{PATH}/look"),
        older=form.address(PATH, after=page.next or ""),
        first=after is None,
        next=page.next,
        problem=problem,
        class_words=CLASS,
    )


def _row(row: Ended) -> dict[str, object]:
    return {
        "delivery": row.delivery,
        "ended_at": row.letter.ended_at,
        "who": masked(row.delivery.recipient),
        "code": row.letter.reason,
        "why": words_of(row.letter.reason),
        "refusal": REFUSAL[row.refusal] if row.refusal else "",
    }
