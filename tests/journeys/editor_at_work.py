"""An editor over plain HTTP: a browser without script, signed in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO

import aiohttp

from hub.model.agent import Role
from tests.world import World

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


@dataclass
class Editor:
    """Follows redirects; keeps the token of the page it saw last."""

    url: str
    http: aiohttp.ClientSession
    csrf: str = ""

    async def get(self, path: str) -> str:
        async with self.http.get(self.url + path) as answer:
            page = await answer.text()
        found = re.search(r'name="csrf" value="([^"]+)"', page)
        self.csrf = found[1] if found else self.csrf
        return page

    async def post(self, path: str, **fields: str) -> tuple[int, str]:
        async with self.http.post(
            self.url + path, data={"csrf": self.csrf, **fields}, headers=SAME_ORIGIN
        ) as answer:
            return answer.status, await answer.text()

    async def upload(
        self,
        name: str,
        content: bytes,
        path: str = "/staff/entries/import",
        *,
        page: str = "",
        **fields: str,
    ) -> tuple[int, str]:
        """page: where the form stands, if elsewhere."""
        await self.get(page or path)
        form = aiohttp.FormData({"csrf": self.csrf, **fields})
        form.add_field("file", BytesIO(content), filename=name, content_type="application/octet-stream")
        async with self.http.post(self.url + path, data=form, headers=SAME_ORIGIN) as answer:
            return answer.status, await answer.text()


async def sign_in(
    hub: World, http: aiohttp.ClientSession, role: Role, *, known: bool = False, login: str = ""
) -> Editor:
    """Somebody of this role at work. known: there is such a person already. login: the role's by default."""
    if not known:
        await hub.agent(role, login)
    editor = Editor(hub.url, http)
    await editor.get("/staff/login")
    status, _ = await editor.post("/staff/login", login=login or str(role), password="correct horse 4711")
    assert status == 200
    return editor
