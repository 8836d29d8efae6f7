"""A department's own page: what it sent, what of it did not arrive, what it may still send."""

from __future__ import annotations

from aiohttp import web

from channels.address import BadAddress, masked, phone
from hub.web.delivery_reasons import words_of
from hub.web.guard.auth import agent_of
from hub.web.keys import HUB
from hub.web.pages.departments import cutover_words
from hub.web.pages.departments import department_words as terms
from hub.web.staff_page import staff_page


async def page(request: web.Request) -> web.StreamResponse:
    """GET /staff/departments/{department}?after="""
    hub, agent = request.app[HUB], agent_of(request)
    id, after = request.match_info["department"], request.query.get("after") or None
    overview = await hub.departments.desk.overview(agent, id, after=after)
    failed = ("undelivered", "failed", "suppressed", "expired", "canceled", "unknown")
    refused = ("refused_rate", "refused_daily_quota", "refused_monthly_quota", "refused_phase")
    return staff_page(
        request,
        "staff/department.html",
        overview=overview,
        department=overview.department,
        failures=[(one, _shown(one.to), words_of(one.reason)) for one in overview.failures],
        failed=failed,
        refused=refused,
        first=after is None,
        phase=(await hub.departments.cutover.read.phases([id])).get(id),
        phase_words=cutover_words,
        manages=hub.departments.desk.manages(agent),
        terms=terms,
    )


def _shown(number: str) -> str:
    try:
        return masked(phone(number))
    except BadAddress:
        return "****"
