"""Strangers with bad manners are refused or cut off, and somebody else is answered meanwhile.

A small twin of `python -m tests.attack URL`, with limits that end soon.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hub.runtime.clock import SystemClock
from hub.serve import Running, running
from tests.attack import attacks
from tests.first_start import started_before
from tests.world import CHEAP_PASSWORDS, browser, world_settings

LIMITS = {
    "connections_per_address": 30,
    "header_seconds": 1.0,
    "body_seconds": 1.5,
    "read_seconds": 1.0,
    "streams_per_address": 6,
}


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Running]:
    settings = world_settings(tmp_path, carrier_url="http://127.0.0.1:9", smtp_port=9, mail_port=0)
    web = settings.web.model_copy(update=LIMITS)
    dialled = settings.model_copy(update={"web": web})
    async with running(await started_before(dialled), SystemClock(), passwords=CHEAP_PASSWORDS) as server:
        yield server


async def test_whoever_dawdles_is_cut_off_and_somebody_else_is_answered(site: Running) -> None:
    async with attacks.somebody_else(site.url) as slowest:
        headers, body, unread = await asyncio.gather(
            attacks.slow_headers(site.url, connections=8, seconds=60),
            attacks.slow_body(site.url, connections=8, seconds=60),
            attacks.never_reads(site.url, connections=4, seconds=60),
        )
    assert headers == {"408": 8}
    assert body == {"cut off": 8}
    assert unread == {"cut off": 4}
    assert slowest.asked > 10


async def test_an_address_holds_so_many_connections_and_no_more(site: Running) -> None:
    async with attacks.somebody_else(site.url):
        ended = await attacks.many_connections(site.url, connections=40)
        assert ended == {"200": 30, "cut off": 10}
        again = await attacks.many_connections(site.url, connections=10)
    assert again == {"200": 10}  # what is closed does not count any more


async def test_a_chat_beyond_the_streams_of_its_address_is_told_and_sent_away(site: Running) -> None:
    assert await attacks.many_streams(site.url, streams=10) == {"held": 6, "sent away": 4}
    assert await attacks.many_streams(site.url, streams=3) == {"held": 3}


async def test_a_body_is_refused_by_its_headers(site: Running) -> None:
    assert await attacks.promised_body(site.url, connections=3) == {"413": 3}
    assert await attacks.files_where_none_are_wanted(site.url, connections=3) == {"415": 3}


async def test_a_page_of_words_says_that_it_takes_no_file(site: Running) -> None:
    async with browser(site.url) as http:
        headers = {"Sec-Fetch-Site": "same-origin", "Content-Type": "multipart/form-data; boundary=b"}
        async with http.post(f"{site.url}/ask", data=b"--b--\r\n", headers=headers) as answer:
            assert answer.status == 415
            assert "这里不能上传文件" in await answer.text()
