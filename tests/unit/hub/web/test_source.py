"""Where a request came from: only our own proxy is believed about it, and only its last hop."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.runtime.clock import SystemClock
from hub.serve import running
from tests.world import CHEAP_PASSWORDS, browser, world_settings


@pytest.mark.parametrize(
    ("proxies", "forwarded", "locked"),
    [
        ([], ["203.0.113.1", "203.0.113.2"], True),
        (["127.0.0.1"], ["203.0.113.1", "203.0.113.2"], False),
        (["127.0.0.1"], ["198.51.100.9, 203.0.113.1", "198.51.100.8, 203.0.113.1"], True),
    ],
)
async def test_guesses_are_counted_for_whoever_guesses(
    tmp_path: Path, proxies: list[str], forwarded: list[str], locked: bool
) -> None:
    settings = world_settings(tmp_path, carrier_url="http://127.0.0.1:9", smtp_port=9, mail_port=0)
    web = settings.web.model_copy(update={"trusted_proxies": proxies, "public_url": ""})
    tracking = settings.tracking.model_copy(update={"wrong_codes": 2})  # 8 guesses for one source
    settings = settings.model_copy(update={"web": web, "tracking": tracking})
    async with running(settings, SystemClock(), passwords=CHEAP_PASSWORDS) as hub, browser(hub.url) as http:

        async def guess(source: str, number: int) -> int:
            form = {"reference": f"{20000000000000 + number}", "code": "12345678"}
            headers = {"Sec-Fetch-Site": "same-origin", "X-Forwarded-For": source}
            async with http.post(f"{hub.url}/track", data=form, headers=headers) as answer:
                return answer.status

        statuses = [await guess(forwarded[0], number) for number in range(8)]
        assert statuses == [404] * 7 + [429]
        assert await guess(forwarded[1], 90) == (429 if locked else 404)
