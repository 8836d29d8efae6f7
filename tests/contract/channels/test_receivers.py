"""Every adapter that receives webhooks, through the same cases."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace

import pytest

from channels.contract import CallEvent, InboundEvent, Received, WebhookRequest
from channels.errors import Forged, Malformed, WebhookError
from channels.http import HttpClient
from tests.contract.channels.bench import ATTACKS, CANARIES, Genuine, ReceiverTable, Unusable
from tests.contract.channels.leaks import leaked_by
from tests.contract.channels.tables import RECEIVERS

GENUINE = [
    pytest.param(table, case, id=f"{table.name}: {case.name}")
    for table in RECEIVERS
    for case in table.genuine
]
UNUSABLE = [
    pytest.param(table, case, id=f"{table.name}: {case.name}")
    for table in RECEIVERS
    for case in table.unusable
]
EVERY = [pytest.param(table, id=table.name) for table in RECEIVERS]


def compared(events: Iterable[InboundEvent]) -> list[InboundEvent]:
    """Events without what a table cannot know."""
    return [
        replace(event, event_id="", details={}) if isinstance(event, CallEvent) else event for event in events
    ]


async def received(table: ReceiverTable, http: HttpClient, request: WebhookRequest, part: str) -> Received:
    return await table.adapter(http).receive(table.sign(request, table.secret), part=part)


@pytest.mark.parametrize(("table", "case"), GENUINE)
async def test_a_genuine_webhook_is_understood(table: ReceiverTable, case: Genuine, http: HttpClient) -> None:
    result = await received(table, http, case.request, case.part)
    assert compared(result.events) == list(case.events)
    assert result.response.status == case.status


@pytest.mark.parametrize(("table", "case"), GENUINE)
async def test_a_replayed_webhook_is_the_same_event(
    table: ReceiverTable, case: Genuine, http: HttpClient
) -> None:
    first = await received(table, http, case.request, case.part)
    again = await received(table, http, replace(case.request, received_at=9), case.part)
    assert [replace(event, received_at=9) for event in first.events] == list(again.events)


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize(("table", "case"), GENUINE)
async def test_a_forged_webhook_is_refused(
    table: ReceiverTable, case: Genuine, attack: str, http: HttpClient
) -> None:
    forged = ATTACKS[attack](table, case.request)
    with pytest.raises(Forged) as refused:
        await table.adapter(http).receive(forged, part=case.part)
    assert not leaked_by(refused.value, CANARIES)


@pytest.mark.parametrize(("table", "case"), UNUSABLE)
async def test_an_unusable_webhook_names_what_is_wrong(
    table: ReceiverTable, case: Unusable, http: HttpClient
) -> None:
    with pytest.raises(Malformed) as refused:
        await received(table, http, case.request, case.part)
    assert str(refused.value).startswith(f"{case.field}:")
    assert not leaked_by(refused.value, CANARIES)


@pytest.mark.parametrize(("table", "case"), UNUSABLE)
async def test_an_unusable_webhook_without_signature_is_forged_first(
    table: ReceiverTable, case: Unusable, http: HttpClient
) -> None:
    with pytest.raises(Forged):
        await table.adapter(http).receive(table.unsign(case.request), part=case.part)


@pytest.mark.parametrize("table", EVERY)
async def test_random_bytes_never_cause_another_error_than_ours(
    table: ReceiverTable, http: HttpClient
) -> None:
    draw = random.Random(7)
    adapter = table.adapter(http)
    for case in table.genuine:
        for _ in range(30):
            signed = table.sign(case.request, table.secret)
            body = bytearray(signed.body)
            for _ in range(draw.randint(1, 5)):
                body[draw.randrange(len(body))] = draw.randrange(256)
            noise = draw.choice(
                [bytes(body), draw.randbytes(draw.randint(0, 2000)), signed.body[: len(body) // 2]]
            )
            if noise == signed.body:
                continue
            with pytest.raises(WebhookError):
                await adapter.receive(replace(signed, body=noise), part=case.part)


@pytest.mark.parametrize("table", EVERY)
@pytest.mark.parametrize(
    "target", ["", "*", "http://elsewhere.example/", "/\udcff\udc80?m=\udcff", "/?" + "&" * 5000]
)
async def test_odd_targets_and_headers_are_forgeries_not_errors(
    table: ReceiverTable, target: str, http: HttpClient
) -> None:
    case = table.genuine[0]
    signed = table.sign(case.request, table.secret)
    odd = {name: f"{value}\udcff" for name, value in signed.headers.items()}
    for request in (replace(signed, target=target), replace(signed, headers=odd)):
        with pytest.raises(Forged):
            await table.adapter(http).receive(request, part=case.part)
