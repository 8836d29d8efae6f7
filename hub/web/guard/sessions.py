"""Logins of staff: a random token in a cookie, its digest in the store.

The rules it protects: a copied database holds no usable cookie; a session is over after half an
hour without use and after twelve hours in any case; a login always gets a new token; ending one
works at once, because nothing about it is kept in the cookie.
Source: OWASP ASVS 5.0.0 V7 and 3.3 (`__Host-`: Secure, Path=/, no Domain).
"""

from __future__ import annotations

import secrets
from dataclasses import replace

from aiohttp import web

from hub.model.agent import Session
from hub.repositories.agents import SessionRepository, token_digest
from hub.runtime.clock import Clock

IDLE_MS = 30 * 60_000
ABSOLUTE_MS = 12 * 3_600_000
_NOTE_AFTER_MS = 60_000
"""Use is noted once a minute: a write for every click would only wear the disk."""


class Sessions:
    """Starts, finds and ends logins.

    insecure_cookies: for a plain-http address in a closed network, where a browser would drop a
        Secure cookie; the cookie is then called `hub`.
    """

    def __init__(self, repository: SessionRepository, clock: Clock, *, insecure_cookies: bool) -> None:
        self._repository = repository
        self._clock = clock
        self._secure = not insecure_cookies

    @property
    def cookie(self) -> str:
        """The cookie's name."""
        return "__Host-hub" if self._secure else "hub"

    async def start(self, request: web.Request, response: web.StreamResponse, agent_id: str) -> Session:
        """A new login with a new token and CSRF value; the one this browser had before is ended."""
        await self._forget(request)
        token = secrets.token_urlsafe(32)
        now = self._clock.now_ms()
        session = Session(
            id=token_digest(token),
            agent_id=agent_id,
            csrf=secrets.token_urlsafe(24),
            created_at=now,
            seen_at=now,
            expires_at=now + ABSOLUTE_MS,
        )
        await self._repository.insert(session)
        response.set_cookie(self.cookie, token, secure=self._secure, httponly=True, samesite="Lax", path="/")
        return session

    async def current(self, request: web.Request, *, is_use: bool = True) -> Session | None:
        """The session of this request, or None. `is_use` False: a background stream, no activity."""
        token = request.cookies.get(self.cookie, "")
        if not 20 <= len(token) <= 100:
            return None
        session = await self._repository.get(token_digest(token))
        now = self._clock.now_ms()
        if session is None:
            return None
        if self.is_over(session):  # kept for a while: it tells whose form came too late
            return None
        if is_use and now - session.seen_at >= _NOTE_AFTER_MS:
            session = replace(session, seen_at=now)
            await self._repository.update(session)
        return session

    async def lapsed(self, request: web.Request) -> Session | None:
        """The session of this request if it is over by time; one that somebody ended is no such session."""
        token = request.cookies.get(self.cookie, "")
        session = await self._repository.get(token_digest(token)) if 20 <= len(token) <= 100 else None
        return session if session is not None and self.is_over(session) else None

    def is_over(self, session: Session) -> bool:
        """Whether it was idle too long or is too old."""
        now = self._clock.now_ms()
        return now >= session.expires_at or now - session.seen_at >= IDLE_MS

    async def end(self, request: web.Request, response: web.StreamResponse) -> None:
        """Ends the login of this request and tells the browser to forget what it holds."""
        await self._forget(request)
        response.del_cookie(self.cookie, path="/", secure=self._secure, httponly=True, samesite="Lax")
        # Not the cookies: that this browser is known for its owner opens nothing and outlives the login.
        response.headers["Clear-Site-Data"] = '"cache", "storage"'

    async def _forget(self, request: web.Request) -> None:
        token = request.cookies.get(self.cookie, "")
        if token:
            await self._repository.delete(token_digest(token))
