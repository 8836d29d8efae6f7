"""谁能看到: one page per case that says who may see it and why."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from hub.actions.cases.who_may_see import WhoMaySee
from hub.model.policy import Access, Reach
from hub.model.track import Track
from hub.web import badges
from hub.web.guard.auth import agent_of
from hub.web.i18n import Translator, msgid
from hub.web.keys import HUB
from hub.web.render import translator
from hub.web.staff_page import staff_page

_REACH: Mapping[Reach, str] = {
    Reach.UNIT: msgid("%(role)s：工单在本单位"),
    Reach.BELOW: msgid("%(role)s：工单在本级及下级单位"),
    Reach.HANDS: msgid("%(role)s：本人承办，或代理承办人"),
    Reach.ANYWHERE: msgid("%(role)s：本岗位可看此类工单"),
}
_DANGER = msgid("%(role)s：未办结的警情，值班人员都可看")


async def page(request: web.Request) -> web.StreamResponse:
    """GET /staff/cases/{case_id}/access"""
    _ = translator(request)
    found = await WhoMaySee(request.app[HUB].repositories)(agent_of(request), request.match_info["case_id"])
    return staff_page(
        request,
        "staff/case_access.html",
        found=found,
        lines=[(one, [_why(row, _) for row in one.rows]) for one in found.seers],
    )


def _why(row: Access, _: Translator) -> str:
    text = _DANGER if row.tracks == (Track.EMERGENCY,) else _REACH[row.reach]
    return _(text, role=_(badges.ROLE[row.role]))
