"""What every request passes: nonce and language, errors as pages, forms only from our own pages.

A carrier's webhook is no page: it gets no nonce, no language and no rules for browsers.

Headers are those of ASVS 5.0 V3.4; the policy is strict (`'strict-dynamic'` with a nonce per
response), so templates carry no inline handlers and no style attributes.
"""

from __future__ import annotations

import base64
import logging
import os
import traceback
from contextlib import suppress
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

from channels.outbox.ports import OutboxUnavailable
from hub.model.cases.moves import IllegalMove
from hub.runtime.errors import Forbidden, NotFound, Stale
from hub.store.documents import NoCursor, StoreUnavailable
from hub.store.files import FilesUnavailable
from hub.store.unreadable import Unreadable
from hub.web.error_page import error_response, illegal_move_response, unreadable_response
from hub.web.guard.address import one_household
from hub.web.guard.auth import recognise
from hub.web.i18n import Language, pick_language
from hub.web.keys import LANGUAGE, NONCE, SOURCE
from hub.web.render import ELDER, LANGUAGE_COOKIE, VIEW_COOKIE

LOG = logging.getLogger(__name__)
REQUEST_ID = web.RequestKey("request_id", str)
PUBLIC_ORIGIN = web.AppKey("public_origin", str)
TRUSTED_PROXIES = web.AppKey("trusted_proxies", frozenset)

_YEAR_SECONDS = 31_536_000
_POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic'; style-src 'self' 'nonce-{nonce}'; "
    "img-src 'self' data:; connect-src 'self'; font-src 'self'; media-src 'self' blob:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'; report-uri /csp"
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Strict-Transport-Security": f"max-age={_YEAR_SECONDS}",
    "Permissions-Policy": "camera=(), geolocation=(self), microphone=(self)",
    "Server": "hub",
}
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# Callers that are no browsers prove themselves otherwise: a signature, a bearer token.
_CARRIERS = "/webhooks/"
# A mail provider that unsubscribes for its user (RFC 8058) has the signed address and nothing else.
_NOT_FORMS = (_CARRIERS, "/api/", "/csp", "/unsubscribe/")


async def add_headers(request: web.BaseRequest, response: web.StreamResponse) -> None:
    """An `on_response_prepare` signal, so that streams and errors get the headers too."""
    if request.path.startswith(_CARRIERS):
        response.headers["Server"] = _HEADERS["Server"]
        return
    if isinstance(request, web.Request) and NONCE in request:
        if response.status != 304:  # the page the browser kept goes with the nonce it was kept with
            response.headers["Content-Security-Policy"] = _POLICY.format(nonce=request[NONCE])
        response.headers["X-Request-Id"] = request[REQUEST_ID]
    response.headers.update(_HEADERS)
    if response.content_type == "text/html":
        response.headers.setdefault("Cache-Control", "no-store")


@web.middleware
async def prepare(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Gives the request its nonce, id and language; takes up `?lang=` and `?view=` links."""
    request[REQUEST_ID] = os.urandom(5).hex().upper()
    request[SOURCE] = _source(request)
    if request.path.startswith(_CARRIERS):
        return await handler(request)
    request[NONCE] = base64.b64encode(os.urandom(16)).decode()
    request[LANGUAGE] = pick_language(
        request.cookies.get(LANGUAGE_COOKIE), request.headers.get("Accept-Language", "")
    )
    asked = request.method == "GET" and ("lang" in request.query or "view" in request.query)
    unknown = request.match_info.http_exception
    if asked and (unknown is None or unknown.status == 405):
        return _remember(request)
    return await handler(request)


@web.middleware
async def answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every error becomes a page in the reader's language; nothing of the cause is shown or logged
    but its kind and place, because messages of exceptions may carry what people typed."""
    try:
        return await handler(request)
    except web.HTTPException as answer:
        if answer.status < 400:
            raise
        if answer.status == 405 and request.method == "GET" and request.path.startswith("/staff/"):
            # A page drawn by a form was reloaded, or its language changed: the page it belongs to.
            return web.Response(status=303, headers={"Location": request.path.rsplit("/", 1)[0]})
        if request.path.startswith("/staff/"):
            with suppress(StoreUnavailable):
                await recognise(request)
        kept = {name: answer.headers[name] for name in ("Allow", "Retry-After") if name in answer.headers}
        return error_response(request, answer.status, request[REQUEST_ID], kept)
    except NoCursor:  # an address of a list that somebody changed: its first page
        if request.method != "GET":
            return error_response(request, 404, request[REQUEST_ID])
        first = request.rel_url.without_query_params("after")
        return web.Response(status=303, headers={"Location": "/" + str(first).lstrip("/")})
    except NotFound:
        return error_response(request, 404, request[REQUEST_ID])
    except Forbidden:
        return error_response(request, 403, request[REQUEST_ID])
    except Unreadable:
        return unreadable_response(request, request[REQUEST_ID])
    except IllegalMove as problem:
        return illegal_move_response(request, request[REQUEST_ID], problem.reason, problem.allowed)
    except Stale:  # it is not what the page showed any more
        return error_response(request, 409, request[REQUEST_ID])
    except (StoreUnavailable, OutboxUnavailable, FilesUnavailable) as problem:
        LOG.warning(
            "web.store_unavailable",
            extra={"request_id": request[REQUEST_ID], "error": type(problem).__name__},
        )
        return error_response(request, 503, request[REQUEST_ID], {"Retry-After": "2"})
    except ConnectionResetError:
        raise  # the reader went away: there is nobody to answer
    except Exception as problem:
        place = traceback.extract_tb(problem.__traceback__)[-1]
        LOG.error(
            "web.unexpected_error",
            extra={
                "request_id": request[REQUEST_ID],
                "route": _route_name(request),
                "error": type(problem).__name__,
                "place": f"{os.path.basename(place.filename)}:{place.lineno} {place.name}",
            },
        )
        return error_response(request, 500, request[REQUEST_ID])


@web.middleware
async def same_origin(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A form is taken only from our own pages (ASVS 3.5.1–3.5.3).

    Browsers say so in Sec-Fetch-Site; old ones do not, there Origin or Referer has to be ours.
    """
    if request.method in _SAFE_METHODS or request.path.startswith(_NOT_FORMS):
        return await handler(request)
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        allowed = site in ("same-origin", "none")
    else:
        source = request.headers.get("Origin") or request.headers.get("Referer", "")
        host = urlsplit(source).netloc
        allowed = bool(host) and host in (request.host, urlsplit(request.app[PUBLIC_ORIGIN]).netloc)
    if not allowed:
        LOG.warning("web.foreign_form", extra={"request_id": request[REQUEST_ID]})
        raise web.HTTPForbidden
    return await handler(request)


def set_preference(response: web.StreamResponse, name: str, value: str) -> None:
    """Keeps a choice of language or view for a year; an empty value forgets it."""
    if value:
        response.set_cookie(name, value, max_age=_YEAR_SECONDS, path="/", httponly=True, samesite="Lax")
    else:
        response.del_cookie(name, path="/", httponly=True, samesite="Lax")


def _source(request: web.Request) -> str:
    """The caller's address. A forwarded one counts only from a configured proxy, and only its last hop:
    everything before that anybody can write (ASVS 4.1.3)."""
    nearest = request.remote or "unknown"
    if nearest not in request.app.get(TRUSTED_PROXIES, frozenset()):
        return one_household(nearest)
    hops = ",".join(request.headers.getall("X-Forwarded-For", [])).split(",")
    return one_household(hops[-1].strip() or nearest)


def _remember(request: web.Request) -> web.Response:
    kept = [(key, value) for key, value in request.query.items() if key not in ("lang", "view")]
    target = request.rel_url.with_query(kept or None)
    response = web.Response(status=303, headers={"Location": "/" + str(target).lstrip("/")})
    if request.query.get("lang") in (Language.ZH, Language.EN):
        set_preference(response, LANGUAGE_COOKIE, request.query["lang"])
    if "view" in request.query:
        set_preference(response, VIEW_COOKIE, ELDER if request.query["view"] == ELDER else "")
    return response


def _route_name(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "unmatched"
