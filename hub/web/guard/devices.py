"""Which browsers are their owners', so that failures elsewhere do not slow these down (ADR 36).

A random token in a cookie of its own, given with a right password. It opens nothing, so it outlives the
login; the store keeps its digest (`hub/repositories/staff/known_devices.py`).
"""

from __future__ import annotations

import re
import secrets

from aiohttp import web

from hub.repositories.staff.known_devices import KNOWN_MS, KnownDeviceRepository
from hub.runtime.clock import Clock

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


class Devices:
    """Knows browsers again. insecure_cookies: as in `hub/web/guard/sessions.py`."""

    def __init__(self, repository: KnownDeviceRepository, clock: Clock, *, insecure_cookies: bool) -> None:
        self._repository = repository
        self._clock = clock
        self._secure = not insecure_cookies
        self.cookie = "__Host-hub-device" if self._secure else "hub-device"

    async def known(self, request: web.Request, login: str) -> str:
        """What failures of this login are counted under in this browser; "" where it was never right."""
        token = self._token(request)
        return await self._repository.known(login, token, self._clock.now_ms()) if token else ""

    async def keep(self, request: web.Request, response: web.StreamResponse, login: str) -> None:
        """The login was right in this browser."""
        token = self._token(request) or secrets.token_urlsafe(32)
        await self._repository.remember(login, token, self._clock.now_ms())
        response.set_cookie(
            self.cookie,
            token,
            max_age=KNOWN_MS // 1000,
            secure=self._secure,
            httponly=True,
            samesite="Strict",
            path="/",
        )

    def _token(self, request: web.Request) -> str:
        token = request.cookies.get(self.cookie, "")
        return token if _TOKEN.fullmatch(token) else ""
