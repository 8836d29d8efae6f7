"""A signed document as it is printed: the organ's mark, the number, the text, who signs and when."""

from __future__ import annotations

from aiohttp import web

from hub.hub import Hub
from hub.model.legal_documents.legal_document import LegalDocument
from hub.runtime.clock import to_local
from hub.runtime.errors import NotFound
from hub.runtime.typesetting.typesetter import NoPaper
from hub.web.attachment import attachment
from hub.web.guard.auth import agent_of
from hub.web.keys import HUB
from hub.web.staff_page import staff_page


async def document_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/cases/{case_id}/documents/{place}: `place` counts from 0, as the papers of the case do."""
    hub, place = request.app[HUB], request.match_info["place"]
    if not (place.isascii() and place.isdigit() and len(place) <= 3):
        raise NotFound("document")
    case, document = await hub.actions.desk.documents.read.one(
        agent_of(request), request.match_info["case_id"], int(place)
    )
    return staff_page(
        request,
        "staff/legal_document.html",
        case=case,
        document=document,
        paper=case.proceeding.papers[document.place],
        signed_day=day_of_signature(document),
        lacks=hub.actions.desk.documents.typesetter.lacks,
    )


async def document_pdf(request: web.Request) -> web.StreamResponse:
    """GET /staff/cases/{case_id}/documents/{place}/pdf"""
    place = request.match_info["place"]
    if not (place.isascii() and place.isdigit() and len(place) <= 3):
        raise NotFound("document")
    hub = request.app[HUB]
    _case, document = await hub.actions.desk.documents.read.one(
        agent_of(request), request.match_info["case_id"], int(place)
    )
    return await pdf_of(hub, document)


async def pdf_of(hub: Hub, document: LegalDocument) -> web.Response:
    """The document as a file to be saved; 503 while no PDF can be made."""
    facts = {
        "organ": document.organ,
        "number": document.number,
        "title": document.title,
        "addressee": document.addressee,
        "paragraphs": document.paragraphs,
        "day": day_of_signature(document),
    }
    try:
        content = await hub.actions.desk.documents.typesetter.pdf(facts)
    except NoPaper:
        raise web.HTTPServiceUnavailable from None
    response = attachment(content, f"{document.number}.pdf")
    response.content_type = "application/pdf"
    return response


def day_of_signature(document: LegalDocument) -> str:
    """2026年3月28日: in words and without zeros, whatever the language of the page."""
    signed = to_local(document.signed_at)
    return f"{signed.year}年{signed.month}月{signed.day}日"
