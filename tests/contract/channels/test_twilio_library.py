"""The provider's own library against our simulator and our adapter: both speak the same protocol.

The library is not used to send (its time-out is ignored in asyncio, its retries send twice), so
this is where it checks what we do. `TWILIO_EDGE` and `TWILIO_REGION` would rewrite the address.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from channels.address import phone
from channels.http import HttpClient
from channels.loopback.faults import Fault, FaultKind
from channels.loopback.simulator import CarrierAccount, CarrierSimulator
from channels.twilio.sms import TwilioSms
from hub.runtime.clock import FakeClock
from tests.contract.channels.bench import CANARY_PHONE, CANARY_SECRET, CANARY_TEXT
from tests.contract.channels.twilio_sms import ACCOUNT_SID, OUT, SETTINGS

TO = f"+86{CANARY_PHONE}"


@pytest.fixture
async def carrier() -> AsyncIterator[CarrierSimulator]:
    account = CarrierAccount(ACCOUNT_SID, CANARY_SECRET)
    async with CarrierSimulator(account, FakeClock()) as simulator:
        yield simulator


@pytest.fixture
def library(
    carrier: CarrierSimulator, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> Iterator[Client]:
    for name in ("TWILIO_EDGE", "TWILIO_REGION"):
        monkeypatch.delenv(name, raising=False)
    # The library and what it stands on log numbers: one more reason why it sends nothing for us.
    caplog.set_level(logging.WARNING, "urllib3")
    caplog.set_level(logging.WARNING, "twilio.http_client")
    http = TwilioHttpClient(timeout=5)
    client = Client(ACCOUNT_SID, CANARY_SECRET, http_client=http)
    client.api.base_url = carrier.url
    yield client
    assert http.session is not None
    http.session.close()


async def test_the_library_understands_the_simulators_acceptance(library: Client) -> None:
    created = await asyncio.to_thread(
        library.messages.create,
        to=TO,
        from_="12110",
        body=CANARY_TEXT,
        status_callback="https://h.example/s?m=1&a=1",
    )
    assert created.sid is not None
    assert created.sid.startswith("SM")
    assert (created.status, created.num_segments, created.error_code) == ("queued", "1", None)
    assert (created.to, created.from_, created.body) == (TO, "12110", CANARY_TEXT)
    assert created.date_created is not None


async def test_the_library_and_our_adapter_send_the_same(carrier: CarrierSimulator, library: Client) -> None:
    settings = replace(SETTINGS, api_base=carrier.url)
    async with HttpClient() as http:
        await TwilioSms(settings, http, FakeClock()).send(OUT)
    ours = carrier.journal.messages[-1]
    await asyncio.to_thread(
        library.messages.create,
        to=OUT.recipient.value,
        from_=SETTINGS.sender,
        body=OUT.text,
        status_callback=ours.status_callback,
    )
    theirs = carrier.journal.messages[-1]
    assert theirs.sid != ours.sid
    assert replace(theirs, sid=ours.sid) == ours


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (Fault(FaultKind.TOO_MANY), 429, 20429),
        (Fault(FaultKind.SERVER_ERROR), 500, 20500),
        (Fault(FaultKind.ERROR_CODE, code=21610), 400, 21610),
    ],
)
async def test_the_library_understands_the_simulators_refusals(
    carrier: CarrierSimulator, library: Client, fault: Fault, status: int, code: int
) -> None:
    carrier.faults.add(fault)
    with pytest.raises(TwilioRestException) as raised:
        await asyncio.to_thread(library.messages.create, to=TO, from_="12110", body="x")
    assert (raised.value.status, raised.value.code) == (status, code)


async def test_a_wrong_token_is_refused(carrier: CarrierSimulator) -> None:
    client = Client(ACCOUNT_SID, "wrong", http_client=TwilioHttpClient(timeout=5))
    client.api.base_url = carrier.url
    with pytest.raises(TwilioException):
        await asyncio.to_thread(client.messages.list, limit=1)
    assert client.http_client.session is not None
    client.http_client.session.close()


async def test_the_library_pages_through_what_was_sent(carrier: CarrierSimulator, library: Client) -> None:
    settings = replace(SETTINGS, api_base=carrier.url, status_callback=False)
    async with HttpClient() as http:
        adapter = TwilioSms(settings, http, FakeClock())
        for i in range(7):
            await adapter.send(replace(OUT, text=f"{i}"))
            await adapter.send(replace(OUT, recipient=phone("13900000001")))
    found = await asyncio.to_thread(library.messages.list, to=TO, page_size=3)
    assert [message.body for message in found] == ["6", "5", "4", "3", "2", "1", "0"]
    assert await asyncio.to_thread(library.messages.list, to="+8613900000000") == []
