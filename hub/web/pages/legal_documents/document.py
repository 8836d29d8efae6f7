"""A signed document as it is printed: the organ's mark, the number, the text, who signs and when."""

from __future__ import annotations

from aiohttp import web

from hub.runtime.clock import to_local
from hub.runtime.errors import NotFound
from hub.web.guard.auth import agent_of
from hub.web.keys import HUB
from hub.web.staff_page import staff_page


async def document_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/cases/{case_id}/documents/{place}: `place` counts from 0, as the papers of the case do."""
    hub, place = request.app[HUB], request.match_info["place"]
    if not (place.isascii() and place.isdigit() and len(place) <= 3):
        raise NotFound("document")
    case, document = await hub.actions.read_documents.one(
        agent_of(request), request.match_info["case_id"], int(place)
    )
    signed = to_local(document.signed_at)
    return staff_page(
        request,
        "staff/legal_document.html",
        case=case,
        document=document,
        paper=case.proceeding.papers[document.place],
        signed_day=f"{signed.year}年{signed.month}月{signed.day}日",
    )
