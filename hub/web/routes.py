"""Every route of the hub on one page, with who may call it.

Citizens, carriers and browsers below need no login; the staff side stands in
`hub/web/staff_routes.py` with a permission on every line. What a carrier sends is proved by its
signature in the adapter.
"""

from __future__ import annotations

from collections.abc import Iterable

from aiohttp import web

from hub.web.api import centre_reports
from hub.web.api.operations import API_ROUTES
from hub.web.assets import static_file
from hub.web.guard.auth import guarded
from hub.web.guard.rate_limit import limited
from hub.web.machines import calendar_feed, csp_report, health, webhooks
from hub.web.pages.citizen import (
    chat,
    chat_stream,
    feedback,
    feeds,
    home,
    notices,
    petition,
    preferences,
    register_12110,
    track,
    unsubscribe,
    warnings,
)
from hub.web.pages.citizen import help as help_pages
from hub.web.pages.site import about
from hub.web.route import Route
from hub.web.staff_routes import STAFF_ROUTES

CITIZEN_ROUTES: tuple[Route, ...] = (
    Route("GET", "/", home.home),
    Route("GET", "/ask", home.ask_again),
    Route("POST", "/ask", limited("ask", home.ask)),
    # chat
    Route("GET", "/chat", chat.page),
    Route("GET", "/chat/messages", chat.back),
    Route("POST", "/chat", chat.keep),
    Route("POST", "/chat/end", chat.end),
    Route("POST", "/leave", preferences.leave),
    Route("POST", "/chat/messages", limited("chat", chat.post)),
    Route("GET", "/chat/events", chat_stream.events),
    Route("GET", "/chat/files/{file_id}", chat.file),
    # questions and answers
    Route("GET", "/help", help_pages.topics),
    Route("GET", "/help/entry/{entry_id}", help_pages.entry),
    Route("GET", "/help/entry/{entry_id}/feedback", feedback.back),
    Route("POST", "/help/entry/{entry_id}/feedback", limited("feedback", feedback.rate)),
    Route("GET", "/help/{topic:.+}", help_pages.topic),
    # petition
    Route("GET", "/petition", petition.choose),
    Route("GET", "/petition/write", petition.write),
    Route("GET", "/petition/check", petition.checked),
    Route("GET", "/petition/{step:edit|submit|forget|clear}", petition.start_over),
    Route("POST", "/petition/check", limited("petition", petition.check)),
    Route("POST", "/petition/edit", limited("petition", petition.edit)),
    Route("POST", "/petition/submit", limited("petition", petition.submit)),
    Route("GET", "/petition/done", petition.done),
    Route("POST", "/petition/forget", petition.forget),
    Route("POST", "/petition/clear", petition.clear),
    # progress
    Route("GET", "/track", track.ask),
    Route("POST", "/track", track.track),
    Route("GET", "/track/{event}", track.ask),
    Route("POST", "/track/file", track.file),
    Route("POST", "/track/paper", track.paper),
    Route("POST", "/track/phone", track.send_proof),
    Route("POST", "/track/proof", track.prove_phone),
    Route("POST", "/track/{event}", track.step),
    # what is published
    Route("GET", "/notices", notices.notices),
    Route("GET", "/notices/{id}", notices.notice),
    Route("GET", "/education", notices.education),
    Route("GET", "/education/{topic}", notices.topic),
    Route("GET", "/warnings", warnings.page),
    Route("GET", "/warnings/feed.atom", warnings.atom_feed),
    Route("GET", "/warnings/feed.json", warnings.json_document),
    Route("GET", "/warnings/{warning_id}", warnings.one),
    Route("GET", "/warnings/{warning_id}/cap.xml", warnings.cap),
    Route("GET", "/feed.atom", feeds.atom_feed),
    Route("GET", "/feed.json", feeds.json_document),
    # bulk mail
    Route("GET", "/unsubscribe/{signed}", unsubscribe.page),
    Route("POST", "/unsubscribe/{signed}", unsubscribe.refuse, multipart=True),
    Route("GET", "/unsubscribe/{signed}/again", unsubscribe.page),
    Route("POST", "/unsubscribe/{signed}/again", unsubscribe.take_back),
    Route("GET", "/calendar/{token}.ics", calendar_feed.calendar_feed),
    # this browser
    Route("GET", "/register-12110", register_12110.consent_page),
    Route("GET", "/privacy", about.privacy),
    Route("GET", "/sitemap", about.sitemap),
    Route("GET", "/preferences", preferences.preferences),
    Route("POST", "/preferences", preferences.save),
)
"""In the order of a visit."""

MACHINE_ROUTES: tuple[Route, ...] = (
    Route("POST", "/webhooks/alarms/{desk}", centre_reports.report),
    Route("POST", "/webhooks/twilio/{short}", webhooks.receive_short),
    Route("POST", "/webhooks/twilio/{channel}/{part}", webhooks.receive),
    Route("GET", "/static/{digest}/{path:.+}", static_file),
    Route("POST", "/csp", limited("policy", csp_report.csp_report)),
    Route("GET", "/robots.txt", health.robots),
    Route("GET", "/healthz", health.healthz),
    Route("GET", "/readyz", health.readyz),
)
"""Carriers and browsers."""

ROUTES: tuple[Route, ...] = (*CITIZEN_ROUTES, *STAFF_ROUTES, *MACHINE_ROUTES, *API_ROUTES)


def add_routes(app: web.Application, routes: Iterable[Route] = ROUTES) -> None:
    """Puts routes behind their questions (`hub/web/guard/auth.py`) and into the application."""
    for route in routes:
        if route.method == "GET":
            app.router.add_get(route.path, guarded(route))
        else:
            app.router.add_route(route.method, route.path, guarded(route))
