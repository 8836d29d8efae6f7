"""A gateway that knows its own ids only, and the list of what a provider took."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import pytest

from channels.address import phone
from channels.contract import Accepted, Receipt, ReceiptState, Taken
from channels.errors import Ambiguous, Malformed, Misconfigured, SendError, Temporary
from channels.http import AnswerLost, Destination, HttpAnswer, HttpClient
from channels.twilio.sms import TwilioSms
from hub.runtime.clock import FakeClock
from tests.unit.channels.twilio.test_sms import OUT, SETTINGS, request

BY_PART = replace(SETTINGS, by_part=True)
PATH = f"/2010-04-01/Accounts/{SETTINGS.account_sid}/Messages.json"
AT = 1_790_049_600_000
STATUS = "/webhooks/twilio/sms-12110/status"


class Provider(HttpClient):
    """Answers by script: a POST with `created`, a GET with the next of `pages`."""

    def __init__(self, *pages: object, created: Mapping[str, Any] | None = None) -> None:
        super().__init__(connections=1)
        self.created = created or {"sid": "SM1", "num_segments": "1"}
        self.pages = list(pages)
        self.asked: list[str] = []
        self.form = b""

    async def post(
        self, to: Destination, body: bytes, *, headers: Mapping[str, str] | None = None
    ) -> HttpAnswer:
        self.form = body
        return HttpAnswer(201, {}, json.dumps(self.created).encode())

    async def get(self, to: Destination) -> HttpAnswer:
        self.asked.append(to.url.raw_path_qs)
        page = self.pages.pop(0)
        if isinstance(page, Exception):
            raise page
        if isinstance(page, int):
            return HttpAnswer(page, {}, b'{"code": 20003}')
        return HttpAnswer(200, {}, json.dumps(page).encode())


def listed(**other: Any) -> dict[str, Any]:
    """A message as it stands in the provider's list."""
    at = format_datetime(datetime.fromtimestamp(AT / 1000, UTC))
    plain = {"sid": "SM9", "body": OUT.text, "status": "delivered", "date_created": at, "num_segments": "1"}
    return {**plain, "error_code": None, **other}


async def find(*pages: object) -> Taken | None:
    async with Provider(*pages) as http:
        sms = TwilioSms(SETTINGS, http, FakeClock())
        return await sms.find_sent(OUT, since=AT - 60_000, until=AT + 60_000)


@pytest.mark.parametrize(
    ("created", "ids"),
    [
        ({"segment_sids": ["m0", "m1", "m2"]}, ("m0", "m1", "m2")),
        ({}, ("SM1",)),
        ({"segment_sids": []}, ("SM1",)),
        ({"segment_sids": ["m0", 7]}, ("SM1",)),
        ({"segment_sids": "m0"}, ("SM1",)),
    ],
)
async def test_its_answer_gives_the_ids_of_the_parts(created: dict[str, Any], ids: tuple[str, ...]) -> None:
    async with Provider(created={"sid": "SM1", "num_segments": "3", **created}) as http:
        accepted = await TwilioSms(BY_PART, http, FakeClock()).send(OUT)
        assert b"StatusCallback" not in http.form
    assert accepted == Accepted(ids, 3, by_part=True)


async def test_elsewhere_the_ids_of_parts_mean_nothing() -> None:
    async with Provider(created={"sid": "SM1", "num_segments": "2", "segment_sids": ["a", "b"]}) as http:
        accepted = await TwilioSms(SETTINGS, http, FakeClock()).send(OUT)
    assert accepted == Accepted(("SM1",), 2)


async def test_its_receipt_names_the_part_and_the_destination() -> None:
    body = b"MessageSid=m1&MessageStatus=undelivered&ErrorCode=MK%3A0001&To=13800138000"
    async with HttpClient() as http:
        sms = TwilioSms(BY_PART, http, FakeClock())
        [receipt] = (await sms.receive(request(body, STATUS), part="status")).events
        with pytest.raises(Malformed, match="To"):
            await sms.receive(request(b"MessageSid=m1&MessageStatus=sent", STATUS), part="status")
    expected = Receipt("sms-12110", "", 0, "m1", ReceiptState.UNDELIVERED, "MK:0001", 7, phone("13800138000"))
    assert receipt == expected


async def test_a_message_in_the_list_is_given_with_the_providers_word() -> None:
    found = await find({"messages": [listed(status="undelivered", error_code=30005)]})
    assert found == Taken(Accepted(("SM9",), 1), ReceiptState.UNDELIVERED, "30005")
    found = await find({"messages": [listed(status="a word of tomorrow")]})
    assert found == Taken(Accepted(("SM9",), 1), ReceiptState.QUEUED)


@pytest.mark.parametrize(
    "other",
    [
        {"body": "别的"},
        {"direction": "inbound"},
        {"date_created": "Mon, 30 Nov 2020 00:00:00 +0000"},
    ],
)
async def test_what_is_another_message_is_not_taken_for_it(other: dict[str, Any]) -> None:
    assert await find({"messages": [listed(**other), "nonsense"]}) is None


async def test_further_pages_are_read_only_as_far_back_as_needed() -> None:
    more = f"{PATH}?To=x&Page=1"
    old = listed(body="早先", date_created="Mon, 30 Nov 2020 00:00:00 +0000")
    async with Provider(
        {"messages": [listed(body="别的")], "next_page_uri": more}, {"messages": [old]}
    ) as http:
        sms = TwilioSms(SETTINGS, http, FakeClock())
        assert await sms.find_sent(OUT, since=AT - 1000, until=AT) is None
        assert http.asked == [f"{PATH}?To=%2B8613800138000&PageSize=1000", more]
    assert await find({"messages": [listed(), old], "next_page_uri": more}) is not None


@pytest.mark.parametrize(
    ("pages", "error"),
    [
        ((AnswerLost("cut"),), Temporary),
        ((401,), Misconfigured),
        (({"messages": [listed(date_created="soon")]},), Ambiguous),
        (({"messages": [listed(date_created=None)]},), Ambiguous),
        (({"messages": [listed(sid=None)]},), Ambiguous),
        ((503,), Ambiguous),
        (({"messages": "none"},), Ambiguous),
        (({"messages": [listed(body="x")], "next_page_uri": "https://elsewhere.example/"},), Ambiguous),
        (({"messages": [listed(body="x")], "next_page_uri": f"{PATH}?Page=1"},) * 5, Ambiguous),
    ],
)
async def test_a_list_that_cannot_be_read_is_never_taken_for_an_empty_one(
    pages: tuple[object, ...], error: type[SendError]
) -> None:
    with pytest.raises(error):
        await find(*pages)
