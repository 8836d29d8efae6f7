"""Progress of a case for whoever holds number and query code (C4). Both are posted, never linked."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from hub.actions.progress.progress_source import SourceDown
from hub.actions.progress.query_code_lockout import TooManyTries
from hub.hub import Hub
from hub.runtime.errors import NotFound
from hub.web.form import FormErrors, parse, read_form
from hub.web.i18n import Translator
from hub.web.keys import HUB, SOURCE
from hub.web.pages.citizen.track_form import NO_CODE, NO_REFERENCE, TrackForm
from hub.web.render import render, translator

_CHANNEL = "web"


async def ask(request: web.Request) -> web.Response:
    """GET /track"""
    return _page(request, 200)


async def track(request: web.Request) -> web.Response:
    """POST /track"""
    hub = request.app[HUB]
    posted = await read_form(request)
    typed = posted.get("reference", "")[:40]
    form = parse(TrackForm, posted, translator(request))
    if isinstance(form, FormErrors):
        return _page(request, 422, typed, errors=form.fields)
    errors = _misspelt(hub, form, translator(request))
    if errors:
        return _page(request, 422, typed, errors=errors)
    try:
        progress = await hub.actions.track_case(
            form.reference, form.code, source=request[SOURCE], channel=_CHANNEL
        )
    except NotFound:
        return _page(request, 404, typed, not_found=True)
    except SourceDown:
        return _page(request, 503, typed, unavailable=True)
    except TooManyTries as problem:
        response = _page(request, 429, typed, locked_until=problem.until)
        seconds = max(1, (problem.until - hub.clock.now_ms()) // 1000)
        response.headers["Retry-After"] = str(seconds)
        return response
    return render(request, "citizen/progress.html", progress=progress)


def _misspelt(hub: Hub, form: TrackForm, _: Translator) -> dict[str, str]:
    """What no source here gives out; whether a number exists is told to nobody."""
    errors = {}
    if not hub.actions.track_case.recognises(form.reference):
        errors["reference"] = _(NO_REFERENCE)
    if not hub.actions.track_case.accepts_code(form.reference, form.code):
        errors["code"] = _(NO_CODE)
    return errors


def _page(
    request: web.Request,
    status: int,
    reference: str = "",
    *,
    errors: Mapping[str, str] | None = None,
    not_found: bool = False,
    unavailable: bool = False,
    locked_until: int | None = None,
) -> web.Response:
    return render(
        request,
        "citizen/track.html",
        status=status,
        values={"reference": reference},
        errors=errors or {},
        not_found=not_found,
        unavailable=unavailable,
        other_systems=bool(request.app[HUB].settings.progress),
        locked_until=locked_until,
    )
