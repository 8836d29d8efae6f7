"""The audit for auditors: who read what behind the compartment, and whether the rows are whole."""

from __future__ import annotations

from urllib.parse import urlencode

from aiohttp import web

from hub.actions.staff.read_audit import AuditQuery
from hub.model.staff.audit import AuditAct
from hub.web.guard.auth import agent_of
from hub.web.keys import HUB
from hub.web.pages.compartment import words
from hub.web.staff_page import staff_page

PATH = "/staff/audit"
_LONGEST = 64


async def audit_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/audit?login=&reference=&act=&before="""
    given = request.query
    login = given.get("login", "").strip()[:_LONGEST]
    reference = "".join(given.get("reference", "").split())[:_LONGEST]
    act = next((one for one in AuditAct if one == given.get("act")), None)
    before = given.get("before", "")
    number = int(before) if before.isascii() and before.isdecimal() and len(before) < 13 else 0
    page = await request.app[HUB].actions.compartment.read_audit(
        agent_of(request), AuditQuery(login, reference, act, number)
    )
    asked = {"login": login, "reference": reference, "act": act.value if act else ""}
    further = urlencode({**asked, "before": page.next}) if page.next else ""
    return staff_page(
        request,
        "staff/audit.html",
        200,
        page=page,
        acts=words.ACT,
        field_words=words.FIELD,
        asked=asked,
        first=f"{PATH}?{urlencode(asked)}" if number else "",
        next=f"{PATH}?{further}" if further else "",
    )
