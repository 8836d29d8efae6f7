"""A report as one file, for who takes it over."""

from __future__ import annotations

import logging

from aiohttp import web

from hub.runtime.errors import Invalid
from hub.web.attachment import attachment
from hub.web.guard.auth import agent_of
from hub.web.keys import HUB
from hub.web.render import translator

LOG = logging.getLogger(__name__)


async def export(request: web.Request) -> web.StreamResponse:
    """POST /staff/cases/{case_id}/evidence"""
    hub, agent, _ = request.app[HUB], agent_of(request), translator(request)
    case_id = request.match_info["case_id"]
    try:
        reference, content = await hub.actions.compartment.export_case(agent, case_id)
    except Invalid as wrong:
        return web.Response(status=422, text=_(wrong.problems["case"]))
    LOG.info("evidence.exported", extra={"agent": agent.id, "case_id": case_id})
    return attachment(content, f"evidence-{reference}.zip")
