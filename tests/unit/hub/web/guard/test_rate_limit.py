"""Posts without end from one address are refused; everybody else goes on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from hub.runtime.clock import FakeClock
from hub.serve import running
from hub.web.guard.rate_limit import BOUND, RateLimits
from tests.first_start import started_before
from tests.world import CHEAP_PASSWORDS, world_settings

OURS = {"Sec-Fetch-Site": "same-origin", "Accept-Language": "zh-CN"}
PROXY = "127.0.0.1"


def test_a_minutes_worth_may_come_at_once_then_it_is_the_rate() -> None:
    clock = FakeClock()
    limits = RateLimits(clock, {"ask": 6})
    assert [limits.wait_seconds("ask", "203.0.113.1") for _ in range(7)] == [0] * 6 + [10]
    clock.advance(seconds=4)
    assert limits.wait_seconds("ask", "203.0.113.1") == 6
    clock.advance(seconds=6)
    assert [limits.wait_seconds("ask", "203.0.113.1") for _ in range(2)] == [0, 10]
    clock.advance(seconds=3600)
    assert [limits.wait_seconds("ask", "203.0.113.1") for _ in range(7)].count(0) == 6


def test_addresses_and_kinds_of_form_do_not_pay_for_each_other() -> None:
    limits = RateLimits(FakeClock(), {"ask": 1, "chat": 1, "petition": 0})
    assert limits.wait_seconds("ask", "203.0.113.1") == 0
    assert limits.wait_seconds("ask", "203.0.113.1") > 0
    assert limits.wait_seconds("ask", "203.0.113.2") == 0
    assert limits.wait_seconds("chat", "203.0.113.1") == 0
    assert [limits.wait_seconds("petition", "203.0.113.1") for _ in range(500)] == [0] * 500


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:203.0.113.1", "203.0.113.1", True),
        ("::ffff:203.0.113.1", "::ffff:203.0.113.2", False),
        ("unknown", "unknown", True),
    ],
)
def test_one_subscriber_has_many_addresses(one: str, other: str, same: bool) -> None:
    limits = RateLimits(FakeClock(), {"ask": 1})
    limits.wait_seconds("ask", one)
    assert (limits.wait_seconds("ask", other) > 0) == same


def test_what_is_remembered_is_bounded() -> None:
    limits = RateLimits(FakeClock(), {"ask": 1})
    for number in range(BOUND + 1):
        limits.wait_seconds("ask", f"source-{number}")
    assert limits.wait_seconds("ask", f"source-{BOUND}") > 0
    assert limits.wait_seconds("ask", "source-0") == 0


@pytest.fixture
async def http(tmp_path: Path) -> AsyncIterator[aiohttp.ClientSession]:
    """A hub behind a proxy of its own that allows three posts of each kind per minute."""
    settings = world_settings(tmp_path, carrier_url="http://127.0.0.1:9", smtp_port=9, mail_port=0)
    limits = {"ask_per_minute": 3, "chat_per_minute": 3, "petition_per_minute": 3}
    settings = settings.model_copy(
        update={
            "web": settings.web.model_copy(update={"trusted_proxies": [PROXY], "public_url": ""}),
            "limits": settings.limits.model_copy(update=limits),
        }
    )
    async with (
        running(await started_before(settings), FakeClock(), passwords=CHEAP_PASSWORDS) as hub,
        aiohttp.ClientSession(hub.url) as session,
    ):
        yield session


async def post(
    http: aiohttp.ClientSession, path: str, data: dict[str, str], *, source: str = "203.0.113.1", **more: str
) -> tuple[int, str, str]:
    """Status, Retry-After and text."""
    headers = {**OURS, "X-Forwarded-For": source, **more}
    async with http.post(path, data=data, headers=headers, allow_redirects=False) as answer:
        return answer.status, answer.headers.get("Retry-After", ""), await answer.text()


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/ask", {"question": "居住证"}),
        ("/chat/messages", {"text": "居住证", "client_id": "client-1"}),
        ("/petition/check", {"kind": "help"}),
        ("/petition/edit", {"kind": "help"}),
        ("/petition/submit", {"kind": "help"}),
    ],
)
async def test_the_fourth_post_is_told_when_to_come_back(
    http: aiohttp.ClientSession, path: str, data: dict[str, str]
) -> None:
    for _ in range(3):
        assert (await post(http, path, data))[0] != 429
    status, retry_after, text = await post(http, path, data)
    assert (status, retry_after) == (429, "20")
    assert "操作太频繁" in text
    assert "110" in text
    english = await post(http, path, data, **{"Accept-Language": "en"})
    assert "操作太频繁" not in english[2]
    assert (await post(http, path, data, source="203.0.113.2"))[0] != 429


async def test_steps_of_one_petition_count_together(http: aiohttp.ClientSession) -> None:
    steps = ("/petition/check", "/petition/edit", "/petition/submit", "/petition/check")
    statuses = [(await post(http, step, {"kind": "help"}))[0] for step in steps]
    assert statuses[-1] == 429
    assert 429 not in statuses[:-1]


async def test_the_chats_script_gets_words_and_not_a_page(http: aiohttp.ClientSession) -> None:
    data = {"text": "居住证", "client_id": "client-1"}
    for _ in range(3):
        await post(http, "/chat/messages", data, **{"X-Fragment": "1"})
    status, _, text = await post(http, "/chat/messages", data, **{"X-Fragment": "1"})
    assert status == 429
    assert text.startswith("操作太频繁，请在 20 秒后再试")
    assert "<" not in text
