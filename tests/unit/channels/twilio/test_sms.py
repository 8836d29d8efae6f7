"""Texts over Twilio: what the bench's cases do not say."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from channels.address import Address, AddressKind, phone
from channels.contract import InboundMessage, OutboundMessage, Receipt, ReceiptState, WebhookRequest
from channels.errors import Malformed
from channels.http import HttpClient
from channels.loopback.simulator import CarrierAccount, CarrierSimulator
from channels.loopback.texts import ReceiptPlan
from channels.twilio import form
from channels.twilio.signature import sign
from channels.twilio.sms import TwilioSms, TwilioSmsSettings
from hub.runtime.clock import FakeClock

SETTINGS = TwilioSmsSettings(
    channel="sms-12110",
    account_sid="AC" + "1" * 32,
    auth_tokens=("token",),
    sender="+8612110",
    public_url="https://hub.example.gov.cn/",
)
OUT = OutboundMessage("01JD1", 3, "sms-12110", phone("13800138000"), "您好 & 再见=100%？")


def request(body: bytes, target: str = "/webhooks/twilio/sms") -> WebhookRequest:
    signature = sign("token", "https://hub.example.gov.cn" + target, form.parse(body))
    return WebhookRequest("POST", target, {"x-twilio-signature": signature}, body, 7)


async def event(body: bytes, part: str = "sms", target: str = "/webhooks/twilio/sms") -> object:
    async with HttpClient() as http:
        received = await TwilioSms(SETTINGS, http, FakeClock()).receive(request(body, target), part=part)
    return received.events[0] if received.events else None


async def sent_form(settings: TwilioSmsSettings, message: OutboundMessage) -> dict[str, str]:
    """The fields that reach the provider."""
    async with (
        CarrierSimulator(CarrierAccount(settings.account_sid, "token"), FakeClock()) as carrier,
        HttpClient() as http,
    ):
        await TwilioSms(replace(settings, api_base=carrier.url), http, FakeClock()).send(message)
        taken = carrier.journal.messages[0]
    return {"sender": taken.sender, "to": taken.recipient, "text": taken.text, "url": taken.status_callback}


async def test_a_text_arrives_at_the_provider_as_it_was_written() -> None:
    for text in (OUT.text, "plain + & = % text", "line\nline", "€{}", "👮", "﻿x"):
        taken = await sent_form(SETTINGS, replace(OUT, text=text))
        assert taken["text"] == text
        assert taken["to"] == "+8613800138000"
        assert taken["sender"] == "+8612110"


async def test_half_a_character_does_not_stop_a_send() -> None:
    assert (await sent_form(SETTINGS, replace(OUT, text="字\ud83d")))["text"] == "字?"


async def test_the_callback_carries_our_id_and_attempt() -> None:
    url = urlsplit((await sent_form(SETTINGS, OUT))["url"])
    assert url.geturl().startswith("https://hub.example.gov.cn/webhooks/twilio/sms-12110/status?")
    assert parse_qs(url.query) == {"m": ["01JD1"], "a": ["3"]}


async def test_an_odd_id_survives_the_way_there_and_back() -> None:
    odd = replace(OUT, delivery_id="a&b=c%26/字 ?#")
    url = (await sent_form(SETTINGS, odd))["url"]
    target = url.removeprefix("https://hub.example.gov.cn")
    receipt = await event(b"MessageSid=SM1&MessageStatus=sent", "status", target)
    assert isinstance(receipt, Receipt)
    assert (receipt.delivery_id, receipt.attempt) == (odd.delivery_id, 3)


async def test_the_callback_follows_the_configured_path() -> None:
    short = replace(SETTINGS, webhook_path="/webhooks/twilio/sms/")
    url = (await sent_form(short, OUT))["url"]
    assert url.startswith("https://hub.example.gov.cn/webhooks/twilio/sms/status?m=")


async def test_receipts_and_services_are_asked_for_only_when_configured() -> None:
    silent = replace(SETTINGS, status_callback=False, messaging_service_sid="MG1")
    taken = await sent_form(silent, OUT)
    assert taken["url"] == ""
    assert taken["sender"] == "MG1"


async def test_a_service_that_counts_later_is_counted_by_us() -> None:
    settings = replace(SETTINGS, messaging_service_sid="MG1")
    account = CarrierAccount(settings.account_sid, "token")
    async with (
        CarrierSimulator(account, FakeClock(), receipts=ReceiptPlan(())) as carrier,
        HttpClient() as http,
    ):
        adapter = TwilioSms(replace(settings, api_base=carrier.url), http, FakeClock())
        accepted = await adapter.send(replace(OUT, text="字" * 71))
    assert accepted.parts == 2


async def test_pictures_are_kept_as_links() -> None:
    body = b"MessageSid=MM1&From=%2B8613800138000&To=12110&Body=&NumMedia=2&MediaUrl0=https://a/1&MediaUrl1=https://a/2"
    message = await event(body)
    assert isinstance(message, InboundMessage)
    assert [one.content for one in message.attachments] == [b"https://a/1", b"https://a/2"]
    assert {one.media_type for one in message.attachments} == {"text/uri-list"}


async def test_a_sender_with_a_name_instead_of_a_number_is_kept() -> None:
    message = await event(b"MessageSid=SM1&From=Ali%20Pay%00&To=12110&Body=x")
    assert isinstance(message, InboundMessage)
    assert message.sender == Address(AddressKind.PHONE, "Ali Pay")


async def test_the_older_name_of_the_id_is_understood() -> None:
    message = await event(b"SmsSid=SM9&From=13800138000&To=12110&Body=x")
    assert isinstance(message, InboundMessage)
    assert message.provider_id == "SM9"


async def test_a_signed_text_that_is_no_text_is_malformed() -> None:
    with pytest.raises(Malformed):
        await event(b"MessageSid=SM1&From=13800138000&To=12110&Body=%FF%FE")


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("accepted", ReceiptState.QUEUED),
        ("queued", ReceiptState.QUEUED),
        ("sending", ReceiptState.QUEUED),
        ("sent", ReceiptState.SENT),
        ("delivered", ReceiptState.DELIVERED),
        ("undelivered", ReceiptState.UNDELIVERED),
        ("failed", ReceiptState.FAILED),
        ("canceled", ReceiptState.FAILED),
        ("read", ReceiptState.READ),
    ],
)
async def test_the_providers_words_become_states(word: str, state: ReceiptState) -> None:
    receipt = await event(f"MessageSid=SM1&MessageStatus={word}".encode(), "status", "/s?m=1&a=1")
    assert isinstance(receipt, Receipt)
    assert receipt.state is state


async def test_the_answer_to_a_text_says_nothing() -> None:
    async with HttpClient() as http:
        adapter = TwilioSms(SETTINGS, http, FakeClock())
        received = await adapter.receive(
            request(b"MessageSid=SM1&From=13800138000&To=12110&Body=x"), part="sms"
        )
    assert received.response.content_type == "text/xml"
    assert received.response.body.endswith("<Response/>")


def test_settings_can_be_printed_without_their_tokens() -> None:
    assert "token" not in repr(SETTINGS).replace("auth_tokens", "")
