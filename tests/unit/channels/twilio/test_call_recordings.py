"""Which recordings a provider has of a call: by its list alone, whatever it says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from channels.contract import ListedRecording
from channels.errors import Permanent, Temporary
from channels.http import HttpClient
from channels.twilio.call_recordings import CallRecordings

CALL = "CA" + "1" * 32
ACCOUNT = "AC1"


class Provider:
    """Answers every list with `answer`."""

    url = ""
    status = 200
    answer: Any = None
    asked: str = ""
    authorization: str = ""

    async def listed(self, request: web.Request) -> web.Response:
        self.asked, self.authorization = request.raw_path, request.headers.get("Authorization", "")
        return web.json_response(self.answer, status=self.status)


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    made = Provider()
    app = web.Application()
    app.router.add_get("/{path:.*}", made.listed)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield made
    await runner.cleanup()


async def found(provider: Provider, call: str = CALL) -> tuple[ListedRecording, ...]:
    async with HttpClient() as http:
        asks = CallRecordings(http, api_base=provider.url, account_sid=ACCOUNT, auth_token="t")
        return await asks.of_call(call)


def recording(**said: Any) -> dict[str, Any]:
    return {"sid": "RE1", "call_sid": CALL, "status": "completed", "duration": "4", **said}


@pytest.mark.parametrize(
    ("listed", "ready", "seconds"),
    [
        (recording(), True, 4.0),
        (recording(duration=None), True, 0.0),
        (recording(duration="-1"), True, 0.0),
        (recording(duration="soon"), True, 0.0),
        ({"sid": "RE1"}, True, 0.0),
        (recording(uri="https://elsewhere.example/RE1.json", media_url="http://10.0.0.1/"), True, 4.0),
        (recording(status="processing"), False, 4.0),
        (recording(status="in-progress"), False, 4.0),
        (recording(status="absent"), None, 0.0),
        (recording(status="deleted"), None, 0.0),
        (recording(call_sid="CA2"), None, 0.0),
        (recording(sid="../../Messages"), None, 0.0),
        (recording(sid=7), None, 0.0),
        ("RE1", None, 0.0),
    ],
)
async def test_what_holds_sound_is_found_at_our_own_address(
    provider: Provider, listed: Any, ready: bool | None, seconds: float
) -> None:
    provider.answer = {"recordings": [listed]}
    url = f"{provider.url}/2010-04-01/Accounts/{ACCOUNT}/Recordings/RE1" if ready else ""
    wanted = () if ready is None else (ListedRecording("RE1", url, seconds),)
    assert await found(provider) == wanted
    assert provider.asked == f"/2010-04-01/Accounts/{ACCOUNT}/Calls/{CALL}/Recordings.json?PageSize=100"
    assert provider.authorization.startswith("Basic ")


@pytest.mark.parametrize(
    ("status", "answer"),
    [(404, {"code": 20404}), (503, {}), (200, []), (200, {"recordings": None}), (200, {"recordings": {}})],
)
async def test_no_list_is_not_an_empty_list(provider: Provider, status: int, answer: Any) -> None:
    provider.status, provider.answer = status, answer
    with pytest.raises(Temporary):
        await found(provider)


async def test_an_id_that_is_none_is_never_part_of_an_address(provider: Provider) -> None:
    with pytest.raises(Permanent):
        await found(provider, "../Messages")
    assert provider.asked == ""
