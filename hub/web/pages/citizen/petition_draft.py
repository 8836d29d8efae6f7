"""What a citizen has written of a petition, kept sealed on the server until it is sent, for a day.

Rule protected: nothing that was written stays on the device, and nobody loses it by going back, by a change
of the language or by a connection that breaks. The browser holds a random token that ends with its window;
the store knows only a keyed digest of it. A report is never kept before it is sent: as without cookies, each
step carries all values.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping

from aiohttp import web

from hub.hub import Hub
from hub.model.petition import PetitionKind
from hub.model.staff.held_form import HeldForm
from hub.repositories.staff.held_forms import HeldFormRepository
from hub.web.keys import HUB

COOKIE = "hub_petition"
KEEP_SECONDS = 86_400
_PATH = "/petition"
_TOKEN = re.compile(r"[0-9a-f]{32}\Z")


class PetitionDraft:
    """The draft of the browser that sent the request."""

    def __init__(self, request: web.Request) -> None:
        self._hub: Hub = request.app[HUB]
        given = request.cookies.get(COOKIE, "")
        self._token = given if _TOKEN.match(given) else ""
        self._kept = HeldFormRepository(self._hub.documents, self._hub.vault)

    def begin(self, response: web.StreamResponse) -> None:
        """Gives the browser a token, if it has none."""
        if not self._token:
            secure = not self._hub.settings.web.insecure_cookies
            token = secrets.token_hex(16)
            response.set_cookie(COOKIE, token, path="/", secure=secure, httponly=True, samesite="Strict")

    async def keep(self, values: Mapping[str, str]) -> bool:
        """Keeps what was filled in, in the place of what was kept before; whether it did."""
        if not self._token:
            return False
        if values.get("kind") == PetitionKind.REPORT:
            await self._kept.remove(self._id)
            return False
        fields = tuple((name, text) for name, text in values.items() if text)
        await self._kept.put(HeldForm(self._id, _PATH, _PATH, self._hub.clock.now_ms(), fields))
        return True

    async def values(self) -> dict[str, str]:
        """What is kept; nothing of what is older than a day."""
        held = await self._kept.get(self._id) if self._token else None
        fresh = held is not None and self._hub.clock.now_ms() - held.at < KEEP_SECONDS * 1000
        return dict(held.fields) if held is not None and fresh else {}

    async def forget(self, response: web.StreamResponse) -> None:
        """It was sent, or its author wants it gone."""
        if self._token:
            await self._kept.remove(self._id)
            response.del_cookie(COOKIE, path="/", httponly=True, samesite="Strict")

    @property
    def _id(self) -> str:
        return self._hub.vault.blind(f"petition-draft:{self._token}")
