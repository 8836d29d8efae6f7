"""Where a request came from: only our own proxy is believed about it, and only its last hop."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from hub.runtime.clock import FakeClock
from hub.serve import running
from tests.first_start import started_before
from tests.world import CHEAP_PASSWORDS, browser, world_settings


@asynccontextmanager
async def guessing(folder: Path, proxies: list[str]) -> AsyncIterator[Callable[[str], Awaitable[int]]]:
    """A server behind these proxies, and what it answers to a wrong code that was forwarded for somebody."""
    settings = world_settings(folder, carrier_url="http://127.0.0.1:9", smtp_port=9, mail_port=0)
    web = settings.web.model_copy(update={"trusted_proxies": proxies, "public_url": ""})
    settings = await started_before(settings.model_copy(update={"web": web}))
    async with running(settings, FakeClock(), passwords=CHEAP_PASSWORDS) as hub, browser(hub.url) as http:
        numbers = iter(range(20000000000000, 20000000000100))

        async def guess(source: str) -> int:
            form = {"reference": f"{next(numbers)}", "code": "12345678"}
            headers = {"Sec-Fetch-Site": "same-origin", "X-Forwarded-For": source}
            async with http.post(f"{hub.url}/track", data=form, headers=headers) as answer:
                return answer.status

        yield guess


async def test_whoever_connects_is_believed_nothing_about_others(tmp_path: Path) -> None:
    async with guessing(tmp_path, []) as guess:
        sources = ["203.0.113.1", "203.0.113.2", "203.0.113.3"]
        assert [await guess(source) for source in sources] == [404, 404, 429]


async def test_guesses_behind_our_proxy_are_counted_for_whoever_guesses(tmp_path: Path) -> None:
    async with guessing(tmp_path, ["127.0.0.1"]) as guess:
        for first, other, counted_as_one in [
            ("203.0.113.1", "203.0.113.2", False),
            ("198.51.100.9, 203.0.113.3", "198.51.100.8, 203.0.113.3", True),
            ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", True),
            ("2001:db8:1:3::1", "2001:db8:1:4::1", False),
            ("::ffff:203.0.113.4", "203.0.113.4", True),
            ("::ffff:203.0.113.5", "::ffff:203.0.113.6", False),
            ("no:address", "no:other", False),
        ]:
            assert [await guess(first) for _ in range(3)] == [404, 404, 429], first
            assert await guess(other) == (429 if counted_as_one else 404), (first, other)
