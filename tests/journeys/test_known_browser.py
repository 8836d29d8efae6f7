"""A restart forgets no browser: strangers who guess afterwards keep nobody out of the one they always use."""

from __future__ import annotations

import re
from pathlib import Path

import aiohttp
from yarl import URL

from hub.model.agent import Role
from tests.journeys.test_progress import SAME_ORIGIN
from tests.world import World, browser, world

PASSWORD = "correct horse 4711"
DEVICE = "__Host-hub-device"


async def login(hub: World, visitor: aiohttp.ClientSession, password: str = PASSWORD) -> int:
    """The status of one try."""
    async with visitor.get(f"{hub.url}/staff/login") as page:
        token = re.search(r'name="csrf" value="([^"]+)"', await page.text())
    fields = {"csrf": token[1] if token else "", "login": Role.HANDLER.value, "password": password}
    async with visitor.post(
        f"{hub.url}/staff/login", data=fields, headers=SAME_ORIGIN, allow_redirects=False
    ) as answer:
        return answer.status


async def test_a_browser_that_was_its_owners_is_known_after_a_restart(tmp_path: Path) -> None:
    async with world(tmp_path) as before, browser(before.url) as hers:
        await before.agent(Role.HANDLER)
        assert await login(before, hers) == 303
        token = {cookie.key: cookie.value for cookie in hers.cookie_jar}[DEVICE]
    async with world(tmp_path) as after, browser(after.url) as hers, browser(after.url) as strangers:
        for _ in range(3):
            assert await login(after, strangers, "a wrong guess") == 422
        assert await login(after, hers) == 429  # a browser nobody knows
        hers.cookie_jar.update_cookies({DEVICE: token}, URL(after.url))
        assert await login(after, hers) == 303
