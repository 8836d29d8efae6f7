"""Keeps other sites from acting with a staff member's cookie.

Two independent conditions guard every change: the request carries the session's token (form field
or header), compared in constant time here; and the browser says that it comes from our own page,
which `same_origin` in `hub/web/middlewares.py` asks of every form, citizens' forms too.
Source: OWASP ASVS 5.0.0, 3.5.1-3.5.3.
"""

from __future__ import annotations

import hmac
import secrets

from aiohttp import web

from hub.model.agent import Session

FIELD = "csrf"
HEADER = "X-CSRF-Token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


async def is_genuine(request: web.Request, session: Session) -> bool:
    """Whether a change asked for by this request is meant by the session's owner."""
    return _same(await _given(request), session.csrf)


class Door:
    """Tokens for forms that are filled in before there is a session: login and first set-up.

    The token stands in a cookie and in the form; another site can neither read nor set a `__Host-`
    cookie, so it cannot make the two equal.
    """

    def __init__(self, *, insecure_cookies: bool) -> None:
        self._secure = not insecure_cookies
        self._cookie = "__Host-hub-door" if self._secure else "hub-door"

    def token(self, request: web.Request) -> str:
        """The token to put in the form: the one this browser has, or a new one."""
        return request.cookies.get(self._cookie, "") or secrets.token_urlsafe(24)

    def keep(self, response: web.StreamResponse, token: str) -> None:
        """Gives the token to the browser."""
        response.set_cookie(
            self._cookie, token, secure=self._secure, httponly=True, samesite="Strict", path="/"
        )

    async def is_genuine(self, request: web.Request) -> bool:
        """Whether the form was served to the browser that sends it."""
        return _same(await _given(request), request.cookies.get(self._cookie, ""))


async def _given(request: web.Request) -> str:
    header = request.headers.get(HEADER)
    if header is not None:
        return header
    field = (await request.post()).get(FIELD, "")
    return field if isinstance(field, str) else ""


def _same(given: str, expected: str) -> bool:
    return bool(expected) and hmac.compare_digest(given.encode(), expected.encode())
