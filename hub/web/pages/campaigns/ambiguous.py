"""What nobody knows of a campaign: the list, a look at what a decision changes, the decision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from aiohttp import web
from pydantic import Field

from channels.address import masked
from hub.actions.campaigns.decide_ambiguous import BulkDecision
from hub.model.agent import Permission
from hub.runtime.errors import Invalid
from hub.web.form import Form, FormErrors, parse, read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import msgid
from hub.web.keys import HUB
from hub.web.pages.campaigns.campaigns import LIST_PATH
from hub.web.pages.campaigns.monitor_words import reason_words
from hub.web.render import translator
from hub.web.staff_page import done, staff_page

_VERDICTS: tuple[tuple[BulkDecision, str, str], ...] = (
    (BulkDecision.SENT, msgid("已经发出"), msgid("运营商有发送记录，不再发送")),
    (BulkDecision.AGAIN, msgid("没有发出，重新发送"), msgid("运营商没有发送记录")),
    (BulkDecision.UNKNOWN, msgid("无法核实"), msgid("记为结果不明，不再发送")),
)


class VerdictForm(Form):
    """What was found out, and the instant (ms UTC) of the page on which it was decided."""

    MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = {}
    verdict: BulkDecision
    before: int = Field(ge=1)


async def ambiguous_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/campaigns/{campaign_id}/ambiguous?verdict=: the list, or what a verdict would change."""
    wanted = request.query.get("verdict", "")
    return await _show(request, BulkDecision(wanted) if wanted in set(BulkDecision) else None)


async def decide(request: web.Request) -> web.StreamResponse:
    """POST /staff/campaigns/{campaign_id}/ambiguous"""
    _, campaign_id = translator(request), request.match_info["campaign_id"]
    form = parse(VerdictForm, await read_form(request), _)
    if isinstance(form, FormErrors):
        raise web.HTTPBadRequest  # only our own button sends this form
    try:
        decided = await request.app[HUB].actions.publicity.sending.decide_ambiguous(
            agent_of(request).id, campaign_id, form.verdict, before=form.before
        )
    except Invalid as refused:
        return await _show(request, None, status=422, problem=_(refused.problems["verdict"]))
    return done(
        f"{LIST_PATH}/{campaign_id}/ambiguous", "doubts_decided" if decided.decided else "nothing_in_doubt"
    )


async def _show(
    request: web.Request, verdict: BulkDecision | None, *, status: int = 200, problem: str = ""
) -> web.StreamResponse:
    hub, _, campaign_id = request.app[HUB], translator(request), request.match_info["campaign_id"]
    campaign = (await hub.actions.campaigns.get(campaign_id)).value
    doubt = await hub.actions.publicity.sending.decide_ambiguous.look(campaign_id)
    may_decide = agent_of(request).may(Permission.CAMPAIGN_CONTROL)
    offered = [one for one in _VERDICTS if doubt.may_resend or one[0] is not BulkDecision.AGAIN]
    known = may_decide and verdict in [one for one, *_words in offered]
    return staff_page(
        request,
        "staff/campaign_ambiguous.html",
        status,
        campaign=campaign,
        doubt=doubt,
        rows=[
            (masked(row.recipient), reason_words(row.reason.rpartition(":")[2], _), row) for row in doubt.rows
        ],
        verdicts=offered,
        verdict=verdict if known else None,
        may_decide=may_decide,
        problem=problem,
    )
