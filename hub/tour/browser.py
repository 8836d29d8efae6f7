"""A browser without script: keeps cookies, follows redirects, says where its forms come from.

aiohttp's own cookie jar would not give Secure cookies back over plain http; real browsers do so on
loopback. While the hub is away a request waits and is asked again, as a person would.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from http.cookies import SimpleCookie
from urllib.parse import urljoin

import aiohttp

from hub.tour.page import Page
from hub.tour.story import NotHeld

PATIENCE_SECONDS = 60.0
"""How long a demo that was killed may take to be there again."""
_PAUSE_SECONDS = 0.1
_REDIRECTS = 5
Fields = Mapping[str, str] | list[tuple[str, str]]


class Browser:
    """One person's browser. `base`: the hub's address without a slash at its end."""

    def __init__(self, http: aiohttp.ClientSession, base: str) -> None:
        self._http = http
        self._base = base
        self._cookies: dict[str, str] = {}

    async def get(self, path: str) -> Page:
        """The page at `path`, after redirects."""
        return await self._ask("GET", path, None)

    async def post(self, path: str, fields: Fields) -> Page:
        """The page after the form was sent. It may have been sent twice when the hub was killed."""
        return await self._ask("POST", path, fields)

    @property
    def headers(self) -> dict[str, str]:
        """What every request of this browser carries."""
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        return {
            "Accept-Language": "zh-CN",
            "Sec-Fetch-Site": "same-origin",
            **({"Cookie": cookies} if cookies else {}),
        }

    async def _ask(self, method: str, path: str, fields: Fields | None) -> Page:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + PATIENCE_SECONDS
        while True:
            try:
                return await self._follow(method, path, fields)
            except (aiohttp.ClientError, TimeoutError) as problem:
                if loop.time() > deadline:
                    raise NotHeld(f"{method} {path}: {type(problem).__name__}") from problem
                await asyncio.sleep(_PAUSE_SECONDS)

    async def _follow(self, method: str, path: str, fields: Fields | None) -> Page:
        url = urljoin(f"{self._base}/", path)
        for _ in range(_REDIRECTS):
            async with self._http.request(
                method,
                url,
                data=fields if method == "POST" else None,
                headers=self.headers,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=20),
            ) as answer:
                self._remember(answer.headers.getall("Set-Cookie", []))
                if answer.status not in (302, 303):
                    return Page(answer.status, url, await answer.text())
                method, url = "GET", urljoin(url, answer.headers["Location"]).partition("#")[0]
        raise NotHeld(f"{path}: too many redirects")

    def _remember(self, headers: list[str]) -> None:
        for header in headers:
            for name, morsel in SimpleCookie(header).items():
                if morsel["max-age"] == "0":
                    self._cookies.pop(name, None)
                else:
                    self._cookies[name] = morsel.value
