"""Twilio SMS on the bench. Signatures are made by twilio's own library, not by our code."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from urllib.parse import parse_qs, urlencode

from twilio.request_validator import RequestValidator

from channels.adapter import Sends
from channels.address import phone
from channels.contract import (
    ChannelKind,
    InboundMessage,
    OutboundMessage,
    Receipt,
    ReceiptState,
    WebhookRequest,
)
from channels.errors import Ambiguous, Misconfigured, Permanent, Refused, Temporary
from channels.http import HttpClient
from channels.loopback.faults import Fault, FaultKind
from channels.loopback.simulator import CarrierAccount, CarrierSimulator
from channels.loopback.texts import inbound_fields
from channels.twilio.sms import TwilioSms, TwilioSmsSettings
from hub.runtime.clock import FakeClock
from tests.contract.channels.bench import (
    CANARY_PHONE,
    CANARY_SECRET,
    CANARY_TEXT,
    Genuine,
    Outcome,
    ReceiverTable,
    SendCase,
    SenderTable,
    Unusable,
)
from tests.ports import silent_port

ACCOUNT_SID = "AC" + "0" * 32
PUBLIC_URL = "https://hub.example.gov.cn"
SETTINGS = TwilioSmsSettings(
    channel="sms-12110",
    account_sid=ACCOUNT_SID,
    auth_tokens=(CANARY_SECRET, "the next token"),
    sender="12110",
    public_url=PUBLIC_URL,
)
SID = "SM" + "a" * 32
AT = 1_790_000_000_123


def signed(request: WebhookRequest, secret: str) -> WebhookRequest:
    """`request` as the provider signs it for our public address."""
    fields = {name: values[0] for name, values in parse_qs(request.body.decode(), True).items()}
    signature = RequestValidator(secret).compute_signature(PUBLIC_URL + request.target, fields)
    return replace(request, headers={**request.headers, "x-twilio-signature": signature})


def unsigned(request: WebhookRequest) -> WebhookRequest:
    """`request` without any signature."""
    kept = {name: value for name, value in request.headers.items() if name != "x-twilio-signature"}
    return replace(request, headers=kept)


def posted(target: str, fields: dict[str, str]) -> WebhookRequest:
    """A form as it arrives behind a TLS proxy: the headers name another host and scheme."""
    headers = {
        "content-type": "application/x-www-form-urlencoded; charset=UTF-8",
        "host": "127.0.0.1:8080",
        "x-forwarded-proto": "http",
        "x-forwarded-host": "somewhere.else.example",
    }
    return WebhookRequest("POST", target, headers, urlencode(fields).encode(), AT)


def text_fields(**changed: str) -> dict[str, str]:
    """An inbound text's form."""
    fields = inbound_fields(ACCOUNT_SID, SID, f"+86{CANARY_PHONE}", "+8612110591", CANARY_TEXT)
    return {**fields, **changed}


def status_fields(status: str, **more: str) -> dict[str, str]:
    """A receipt's form."""
    return {
        "AccountSid": ACCOUNT_SID,
        "MessageSid": SID,
        "MessageStatus": status,
        "To": f"+86{CANARY_PHONE}",
        "From": "12110",
        **more,
    }


def without(fields: dict[str, str], name: str) -> dict[str, str]:
    """`fields` without one of them."""
    return {kept: value for kept, value in fields.items() if kept != name}


MESSAGE = InboundMessage(
    channel="sms-12110",
    kind=ChannelKind.SMS,
    provider_id=SID,
    sender=phone(CANARY_PHONE),
    recipient="12110591",
    text=CANARY_TEXT,
    received_at=AT,
)
RECEIPT = Receipt(
    channel="sms-12110",
    delivery_id="01JD0000000000000000000000",
    attempt=2,
    provider_id=SID,
    state=ReceiptState.DELIVERED,
    code="",
    received_at=AT,
)
STATUS_TARGET = f"/webhooks/twilio/sms-12110/status?m={RECEIPT.delivery_id}&a=2"

RECEIVER = ReceiverTable(
    name="twilio sms",
    adapter=lambda http: TwilioSms(SETTINGS, http, FakeClock()),
    sign=signed,
    unsign=unsigned,
    secret=CANARY_SECRET,
    genuine=(
        Genuine("a text", "sms", posted("/webhooks/twilio/sms-12110/sms", text_fields()), (MESSAGE,)),
        Genuine("a text on the short path", "sms", posted("/webhooks/twilio/sms", text_fields()), (MESSAGE,)),
        Genuine(
            "an empty text",
            "sms",
            posted("/webhooks/twilio/sms", text_fields(Body="")),
            (replace(MESSAGE, text=""),),
        ),
        Genuine("a receipt", "status", posted(STATUS_TARGET, status_fields("delivered")), (RECEIPT,), 204),
        Genuine(
            "a receipt with a reason",
            "status",
            posted(STATUS_TARGET, status_fields("undelivered", ErrorCode="30003")),
            (replace(RECEIPT, state=ReceiptState.UNDELIVERED, code="30003"),),
            204,
        ),
        Genuine("a word we do not know", "status", posted(STATUS_TARGET, status_fields("dreaming")), (), 204),
        Genuine(
            "a receipt for what we did not send",
            "status",
            posted("/webhooks/twilio/sms-12110/status", status_fields("sent")),
            (),
            204,
        ),
    ),
    unusable=(
        Unusable("no sender", "sms", posted("/s", without(text_fields(), "From")), "From"),
        Unusable("no recipient", "sms", posted("/s", without(text_fields(), "To")), "To"),
        Unusable("no text", "sms", posted("/s", without(text_fields(), "Body")), "Body"),
        Unusable(
            "no id",
            "sms",
            posted("/s", without(without(text_fields(), "MessageSid"), "SmsSid")),
            "MessageSid",
        ),
        Unusable("odd media count", "sms", posted("/s", text_fields(NumMedia="many")), "NumMedia"),
        Unusable(
            "no state",
            "status",
            posted(STATUS_TARGET, without(status_fields("sent"), "MessageStatus")),
            "MessageStatus",
        ),
        Unusable("odd attempt", "status", posted("/s?m=1&a=x", status_fields("sent")), "a"),
        Unusable("no such callback", "media", posted("/s", text_fields()), "path"),
    ),
)

OUT = OutboundMessage("01JD0000000000000000000000", 1, "sms-12110", phone(CANARY_PHONE), CANARY_TEXT)
Arranged = Callable[[], AbstractAsyncContextManager[Sends]]
ACCOUNT = CarrierAccount(ACCOUNT_SID, CANARY_SECRET)


def provider(*faults: Fault, token: str = CANARY_SECRET, timeout_seconds: float = 5.0) -> Arranged:
    """A simulated provider in the condition the faults make, and the adapter in front of it."""

    @asynccontextmanager
    async def arranged() -> AsyncIterator[Sends]:
        clock = FakeClock()
        async with CarrierSimulator(ACCOUNT, clock) as carrier, HttpClient() as http:
            for fault in faults:
                carrier.faults.add(fault)
            settings = replace(
                SETTINGS,
                api_base=carrier.url,
                auth_tokens=(token,),
                timeout_seconds=timeout_seconds,
                status_callback=False,
            )
            yield TwilioSms(settings, http, clock)

    return arranged


@asynccontextmanager
async def nobody_listening() -> AsyncIterator[Sends]:
    """An address where no server is."""
    with silent_port() as port:
        settings = replace(SETTINGS, api_base=f"http://127.0.0.1:{port}")
        async with HttpClient() as http:
            yield TwilioSms(settings, http, FakeClock())


def answering(raw: bytes) -> Arranged:
    """A provider that answers every request with the same bytes."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(raw)
        await writer.drain()
        writer.close()

    @asynccontextmanager
    async def arranged() -> AsyncIterator[Sends]:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server, HttpClient() as http:
            settings = replace(SETTINGS, api_base=f"http://127.0.0.1:{port}", timeout_seconds=5.0)
            yield TwilioSms(settings, http, FakeClock())

    return arranged


def http_answer(status: str, body: bytes, *headers: str) -> bytes:
    """A whole HTTP/1.1 answer."""
    head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""])
    return head.encode() + body


def code(number: int) -> Fault:
    """A refusal with the provider's code."""
    return Fault(FaultKind.ERROR_CODE, code=number)


SENDER = SenderTable(
    name="twilio sms",
    cases=(
        SendCase("accepted", provider(), OUT, Outcome()),
        SendCase("accepted, long", provider(), replace(OUT, text="字" * 150), Outcome(parts=3)),
        SendCase("accepted, slowly", provider(Fault(FaultKind.SLOW, seconds=0.05)), OUT, Outcome()),
        SendCase(
            "too fast",
            provider(Fault(FaultKind.TOO_MANY, retry_after="7")),
            OUT,
            Outcome(Temporary, "20429", slow_down=True, retry_after_seconds=7.0),
        ),
        SendCase(
            "queue at the provider full",
            provider(code(21611)),
            OUT,
            Outcome(Temporary, "21611", slow_down=True, retry_after_seconds=60.0),
        ),
        SendCase(
            "provider failed", provider(Fault(FaultKind.SERVER_ERROR)), OUT, Outcome(Ambiguous, "20500")
        ),
        SendCase(
            "provider overloaded", provider(Fault(FaultKind.UNAVAILABLE)), OUT, Outcome(Ambiguous, "20503")
        ),
        SendCase("answer lost", provider(Fault(FaultKind.LOST_ANSWER)), OUT, Outcome(Ambiguous)),
        SendCase("recipient refused", provider(code(21610)), OUT, Outcome(Refused, "21610")),
        SendCase(
            "number invalid", provider(code(21211)), OUT, Outcome(Permanent, "21211", invalid_address=True)
        ),
        SendCase("text filtered", provider(code(21617)), OUT, Outcome(Permanent, "21617")),
        SendCase("sender not ours", provider(code(21606)), OUT, Outcome(Misconfigured, "21606")),
        SendCase("wrong token", provider(token="expired"), OUT, Outcome(Misconfigured, "20003")),
        SendCase("answer is no answer", provider(Fault(FaultKind.GARBAGE)), OUT, Outcome(Ambiguous)),
        SendCase(
            "answer 200 without a message", answering(http_answer("200 OK", b"{}")), OUT, Outcome(Ambiguous)
        ),
        SendCase("answer is a list", answering(http_answer("201 Created", b"[1]")), OUT, Outcome(Ambiguous)),
        SendCase(
            "answer names an error",
            answering(http_answer("201 Created", b'{"sid":"SM1","error_code":21610}')),
            OUT,
            Outcome(Refused, "21610"),
        ),
        SendCase(
            "answer elsewhere",
            answering(http_answer("302 Found", b"", "Location: http://127.0.0.1:9/")),
            OUT,
            Outcome(Misconfigured, "http-302"),
        ),
        SendCase(
            "answer endless", answering(http_answer("201 Created", b"x" * 70_000)), OUT, Outcome(Ambiguous)
        ),
        SendCase(
            "answer endless, in chunks",
            answering(
                b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n"
                + b"8000\r\n"
                + b'{"sid":"SM1"}'.ljust(0x8000)
                + (b"\r\n8000\r\n" + b" " * 0x8000) * 3
                + b"\r\n0\r\n\r\n"
            ),
            OUT,
            Outcome(Ambiguous),
        ),
        SendCase("answer not HTTP", answering(b"+OK ready\r\n"), OUT, Outcome(Ambiguous)),
        SendCase("answer cut short", answering(b"HTTP/1.1 201 Created\r\n"), OUT, Outcome(Ambiguous)),
        SendCase("connection refused", nobody_listening, OUT, Outcome(Temporary, "not-reached")),
        SendCase("time-out", provider(Fault(FaultKind.NEVER), timeout_seconds=0.2), OUT, Outcome(Ambiguous)),
        SendCase(
            "landline",
            provider(),
            replace(OUT, recipient=phone("0591-87654321")),
            Outcome(Permanent, "21614", invalid_address=True),
        ),
        SendCase("text too long", provider(), replace(OUT, text="字" * 1601), Outcome(Permanent, "21617")),
        SendCase("text empty", provider(), replace(OUT, text=""), Outcome(Permanent, "21602")),
    ),
)
