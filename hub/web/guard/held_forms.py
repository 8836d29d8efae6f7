"""Nobody loses what they wrote: a form that comes when the login is over is kept until the next login.

Kept for the person whose session it was, and shown to nobody else, whoever logs in on that machine. A cookie
without content says that there is one, so that pages without one cost nothing. It goes when the form was
taken, when its author drops it, or after a day.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from aiohttp import web

from hub.model.staff.held_form import HeldForm
from hub.repositories.staff.held_forms import HeldFormRepository
from hub.runtime.clock import Clock
from hub.web.form import read_form
from hub.web.guard.csrf import FIELD

COOKIE = "hub-held"
HELD_PATH = "/staff/held"
KEEP_SECONDS = 86_400
_NEVER = frozenset({FIELD, "password", "new_password", "again", "current"})
"""Proofs and passwords are not kept."""


class HeldForms:
    """Keeps and gives back."""

    def __init__(self, repository: HeldFormRepository, clock: Clock) -> None:
        self._repository = repository
        self._clock = clock

    async def hold(self, request: web.Request, agent_id: str) -> str:
        """Keeps what was posted, if there is something to keep; the page it belongs to, "" = nothing kept."""
        try:
            data = await read_form(request)
        except web.HTTPException:  # too large, or no form
            return ""
        fields = tuple((name, text) for name, text in data.items() if name not in _NEVER and text)
        if not any(len(text) > 1 for _, text in fields):
            return ""
        page = _page_of(request)
        await self._repository.put(HeldForm(agent_id, page, request.path, self._clock.now_ms(), fields))
        return page

    async def of(self, agent_id: str) -> HeldForm | None:
        """What is kept for somebody."""
        held = await self._repository.get(agent_id)
        fresh = held is not None and self._clock.now_ms() - held.at < KEEP_SECONDS * 1000
        return held if fresh else None

    async def drop(self, response: web.StreamResponse, agent_id: str) -> None:
        """Forgets it."""
        await self._repository.remove(agent_id)
        if not response.prepared:
            response.del_cookie(COOKIE, path="/staff")

    async def taken(self, request: web.Request, response: web.StreamResponse, agent_id: str) -> None:
        """Forgets it when the same form was posted again and taken."""
        if COOKIE not in request.cookies or response.status >= 400:
            return
        held = await self._repository.get(agent_id)
        if held is not None and held.action == request.path:
            await self.drop(response, agent_id)


def tell(response: web.StreamResponse) -> None:
    """Has the browser say that something is kept."""
    response.set_cookie(COOKIE, "1", max_age=KEEP_SECONDS, path="/staff", httponly=True, samesite="Lax")


def _page_of(request: web.Request) -> str:
    """Where the form stands: the page the browser came from, else the one above the address of the form."""
    came_from = urlsplit(request.headers.get("Referer", ""))
    if came_from.netloc == request.host and came_from.path.startswith("/staff/"):
        return came_from.path + (f"?{came_from.query}" if came_from.query else "")
    return request.path.rsplit("/", 1)[0]
