"""谁能看到: one page per case that says who may see it and why."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from hub.actions.cases.assignment.recuse_officer import RecuseOfficer
from hub.actions.cases.casework import Casework
from hub.actions.cases.who_may_see import WhoMaySee
from hub.model.agent import Permission
from hub.model.policy import Access, Reach
from hub.model.track import Track
from hub.runtime.errors import Invalid
from hub.web import badges
from hub.web.form import read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import Translator, msgid
from hub.web.keys import HUB
from hub.web.render import translator
from hub.web.staff_page import done, staff_page

_REACH: Mapping[Reach, str] = {
    Reach.UNIT: msgid("%(role)s：工单在本单位"),
    Reach.BELOW: msgid("%(role)s：工单在本级及下级单位"),
    Reach.HANDS: msgid("%(role)s：本人承办，或代理承办人"),
    Reach.ANYWHERE: msgid("%(role)s：本岗位可看此类工单"),
}
_DANGER = msgid("%(role)s：未办结的警情，值班人员都可看")


async def page(request: web.Request) -> web.StreamResponse:
    """GET /staff/cases/{case_id}/access"""
    return await _page(request)


async def recuse(request: web.Request) -> web.StreamResponse:
    """POST /staff/cases/{case_id}/recusals: `officer`, `reason`, `version`."""
    hub, form, case_id = request.app[HUB], await read_form(request), request.match_info["case_id"]
    act = RecuseOfficer(Casework(hub.documents, hub.repositories), hub.repositories, hub.clock)
    try:
        await act(
            agent_of(request),
            case_id,
            form.get("officer", ""),
            form.get("reason", ""),
            version=int(form.get("version", "") or 0) if form.get("version", "").isdecimal() else 0,
        )
    except Invalid as refused:
        return await _page(request, errors=refused.problems, values=form)
    return done(f"/staff/cases/{case_id}/access", "recused")


async def _page(
    request: web.Request,
    *,
    errors: Mapping[str, str] | None = None,
    values: Mapping[str, str] | None = None,
) -> web.StreamResponse:
    _, agent, stores = translator(request), agent_of(request), request.app[HUB].repositories
    found = await WhoMaySee(stores)(agent, request.match_info["case_id"])
    return staff_page(
        request,
        "staff/case_access.html",
        422 if errors else 200,
        found=found,
        lines=[(one, [_why(row, _) for row in one.rows]) for one in found.seers],
        recused=[one.name for one in (await stores.agents.get_many(found.case.recused)).values()],
        officers=[
            (one.agent.id, one.agent.name)
            for one in found.seers
            if one.agent.may(Permission.CASE_REPLY) and one.agent.id not in found.case.recused
        ],
        may_recuse=agent.may(Permission.CASE_ASSIGN),
        errors={name: _(text) for name, text in (errors or {}).items()},
        values=values or {},
    )


def _why(row: Access, _: Translator) -> str:
    text = _DANGER if row.tracks == (Track.EMERGENCY,) else _REACH[row.reach]
    return _(text, role=_(badges.ROLE[row.role]))
