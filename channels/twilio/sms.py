"""Texts over Twilio: inbound texts and receipts from webhooks, outbound texts by REST.

Rules protected: nothing is believed before its signature is checked; a receipt is keyed on *our*
delivery id, which travels in the callback's address, so that it can arrive before the answer to
the send; a send is one POST and its outcome is one decision.

Gateways in front of a carrier that speak the protocol may report to one fixed address, part by part, and know
their own ids only (`by_part`). They name the ids of a long text in `segment_sids`, which is no field of
Twilio's; without it the one `sid` is the id of the whole.

Source: https://www.twilio.com/docs/messaging/guides/webhook-request and
https://www.twilio.com/docs/messaging/api/message-resource
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, quote_plus

from channels.address import Address, AddressKind, BadAddress, extended, is_textable, phone
from channels.clock import Clock
from channels.contract import (
    Accepted,
    Attachment,
    ChannelKind,
    InboundMessage,
    OutboundMessage,
    Receipt,
    ReceiptState,
    Received,
    Taken,
    WebhookRequest,
    WebhookResponse,
)
from channels.errors import Ambiguous, Malformed, Permanent
from channels.http import HttpClient
from channels.parts import count
from channels.twilio import form
from channels.twilio.client import MessagesClient, created_at
from channels.twilio.signature import SignatureCheck

MAX_CHARACTERS = 1600
"""Longer texts are refused by the provider with 21617."""

_MAX_MEDIA = 10
_MOBILE = re.compile(r"\+861[3-9][0-9]{9}")
_NOTHING_TO_SAY = WebhookResponse(
    content_type="text/xml", body='<?xml version="1.0" encoding="UTF-8"?><Response/>'
)
_NOTED = WebhookResponse(status=204)

_STATES: Mapping[str, ReceiptState] = {
    "accepted": ReceiptState.QUEUED,
    "scheduled": ReceiptState.QUEUED,
    "queued": ReceiptState.QUEUED,
    "sending": ReceiptState.QUEUED,
    "sent": ReceiptState.SENT,
    "delivered": ReceiptState.DELIVERED,
    "undelivered": ReceiptState.UNDELIVERED,
    "failed": ReceiptState.FAILED,
    "canceled": ReceiptState.FAILED,
    "read": ReceiptState.READ,
}


@dataclass(frozen=True, slots=True)
class TwilioSmsSettings:
    """One sender number at one account.

    channel: the configured channel's name. auth_tokens: any of them signs webhooks; the first one
        authenticates what we send. sender: the number texts come from, unless a
        messaging_service_sid chooses it.
    public_url: how the provider reaches us, scheme and host, and a path if a proxy strips one.
    webhook_path: where the hub mounts this channel; "" = `/webhooks/twilio/<channel>`.
    status_callback: ask for receipts. by_part: they come to a fixed address, with the gateway's id of each
        part in place of ours. timeout_seconds: for one send, in total.
    """

    channel: str
    account_sid: str
    auth_tokens: tuple[str, ...] = field(repr=False)
    sender: str
    public_url: str
    api_base: str = "https://api.twilio.com"
    webhook_path: str = ""
    messaging_service_sid: str = ""
    status_callback: bool = True
    by_part: bool = False
    timeout_seconds: float = 30.0

    @property
    def path(self) -> str:
        """The webhook path without a slash at its end."""
        return (self.webhook_path or f"/webhooks/twilio/{quote(self.channel)}").rstrip("/")


class TwilioSms:
    """Receives texts and receipts, sends texts."""

    def __init__(self, settings: TwilioSmsSettings, http: HttpClient, clock: Clock) -> None:
        self._channel = settings.channel
        self._own = {settings.sender: _sender(settings.sender).value}
        self._check = SignatureCheck(settings.public_url, settings.auth_tokens)
        self._client = MessagesClient(
            http,
            clock,
            api_base=settings.api_base,
            account_sid=settings.account_sid,
            auth_token=settings.auth_tokens[0],
            timeout_seconds=settings.timeout_seconds,
        )
        # Everything that is equal in all our sends is encoded once.
        self._number = settings.sender
        if settings.messaging_service_sid:
            self._from = f"MessagingServiceSid={quote_plus(settings.messaging_service_sid)}"
        else:
            self._from = f"From={quote_plus(settings.sender)}"
        start = ""
        self._by_part = settings.by_part
        self._with_receipts = settings.status_callback and not settings.by_part
        if self._with_receipts:
            status_url = f"{settings.public_url.rstrip('/')}{settings.path}/status"
            start = f"&StatusCallback={quote_plus(status_url)}%3Fm%3D"
        self._start = start

    async def receive(self, request: WebhookRequest, *, part: str) -> Received:
        """part: `sms` (an inbound text) or `status` (a receipt). See `ReceivesWebhooks`."""
        pairs = form.parse(request.body)
        self._check.check(request, pairs)
        fields = form.texts(pairs)
        if part == "sms":
            return Received((self._message(fields, request.received_at),), _NOTHING_TO_SAY)
        if part == "status":
            receipt = self._receipt(fields, form.query(request.target), request.received_at)
            return Received((receipt,) if receipt else (), _NOTED)
        raise Malformed("path: no such callback")

    def _message(self, fields: Mapping[str, str], received_at: int) -> InboundMessage:
        media = _media(fields)
        if "Body" not in fields and not media:
            raise Malformed("Body: missing")
        to = form.required(fields, "To")
        return InboundMessage(
            channel=self._channel,
            kind=ChannelKind.SMS,
            provider_id=_sid(fields),
            sender=_sender(form.required(fields, "From")),
            recipient=self._own.get(to) or _sender(to).value,
            text=fields.get("Body", ""),
            received_at=received_at,
            attachments=media,
        )

    def _receipt(
        self, fields: Mapping[str, str], asked: Mapping[str, str], received_at: int
    ) -> Receipt | None:
        """None for words that change nothing, and for texts that did not come from our outbox."""
        state = _STATES.get(form.required(fields, "MessageStatus"))
        delivery_id = asked.get("m", "")
        if state is None or not (delivery_id or self._by_part):
            return None
        return Receipt(
            channel=self._channel,
            delivery_id=delivery_id,
            attempt=form.number(asked, "a") if delivery_id else 0,
            provider_id=_sid(fields),
            state=state,
            code=fields.get("ErrorCode", ""),
            received_at=received_at,
            destination=None if delivery_id else _sender(form.required(fields, "To")),
        )

    async def send(self, message: OutboundMessage) -> Accepted:
        """One POST. See `Sends`."""
        # Landlines are billed and refused; a text over the limit is refused: ask neither.
        if not is_textable(message.recipient):
            raise Permanent("21614", "not a mobile number", invalid_address=True)
        if not message.text:
            raise Permanent("21602", "text missing")
        if len(message.text) > MAX_CHARACTERS:
            raise Permanent("21617", "text longer than the provider takes")
        created = await self._client.create(self._form(message))
        return self._accepted(created, message)

    def _accepted(self, created: Mapping[str, Any], message: OutboundMessage) -> Accepted:
        try:
            parts = int(created.get("num_segments") or 0)
        except (TypeError, ValueError):
            parts = 0
        # A Messaging Service chooses the sender later and says 0 parts until then.
        parts = parts or count(message.text).parts
        return Accepted(_ids(created) if self._by_part else (created["sid"],), parts, by_part=self._by_part)

    async def find_sent(self, message: OutboundMessage, *, since: int, until: int) -> Taken | None:
        """See `FindsSent`. Nothing of ours stands in the list: number, words and time have to do.

        Two equal texts to one number within minutes are not told apart; the citizen has read them then.
        """
        for found in await self._client.sent_to(message.recipient.value, since=since):
            sid, at = found.get("sid"), created_at(found)
            if found.get("body") != message.text or str(found.get("direction")).startswith("inbound"):
                continue
            if not at or not isinstance(sid, str) or not sid:
                raise Ambiguous("no-list", "the provider's list does not say when it took a message")
            if since <= at <= until:
                state = _STATES.get(str(found.get("status")), ReceiptState.QUEUED)  # at least it has it
                code = found.get("error_code")
                return Taken(self._accepted(found, message), state, str(code) if code else "")
        return None

    def _form(self, message: OutboundMessage) -> bytes:
        start = self._start
        if self._with_receipts:
            # Encoded twice: as a query, and as a field that holds an address.
            start += f"{_encoded_twice(message.delivery_id)}%26a%3D{message.attempt}"
        # The number that was written to answers, whatever a service would choose.
        number = extended(self._number, message.extension)
        sender = self._from if number == self._number else f"From={quote_plus(number)}"
        return (
            f"{sender}{start}&To={_encoded(message.recipient.value)}&Body={_encoded(message.text)}".encode()
        )


# Escaping by table what is ASCII, and every byte of what is not, is ten times faster than urllib.
_ONCE = {code: quote_plus(chr(code)) for code in range(128)}
_TWICE = {code: quote_plus(quote(chr(code), safe="")) for code in range(128)}


def _encoded(text: str) -> str:
    """`text` as a form value."""
    return text.translate(_ONCE) if text.isascii() else "%" + text.encode(errors="replace").hex("%")


def _encoded_twice(text: str) -> str:
    """`text` as a query value inside an address that is a form value."""
    return text.translate(_TWICE) if text.isascii() else quote_plus(quote(text, safe=""))


def _ids(created: Mapping[str, Any]) -> tuple[str, ...]:
    """The gateway's ids of the parts."""
    named = created.get("segment_sids")
    if isinstance(named, list) and named and all(isinstance(one, str) and one for one in named):
        return tuple(named)
    return (created["sid"],)


def _sid(fields: Mapping[str, str]) -> str:
    """The message's id; gateways that speak the protocol send only the older name."""
    return fields.get("MessageSid") or fields.get("SmsSid") or form.required(fields, "MessageSid")


def _sender(text: str) -> Address:
    """The number normalised; a name in place of a number as it stands, so that nothing is lost."""
    # What nearly every citizen has, as the provider writes it: it is normalised already.
    if _MOBILE.fullmatch(text):
        return Address(AddressKind.PHONE, text)
    try:
        return phone(text)
    except BadAddress:
        return Address(AddressKind.PHONE, "".join(filter(str.isprintable, text)).strip()[:40])


def _media(fields: Mapping[str, str]) -> tuple[Attachment, ...]:
    """Pictures as links: fetching them is not the webhook's business, losing them neither."""
    named = min(form.number(fields, "NumMedia", default=0), _MAX_MEDIA)
    return tuple(
        Attachment(f"media-{i}.uri", "text/uri-list", fields[f"MediaUrl{i}"].encode())
        for i in range(named)
        if f"MediaUrl{i}" in fields
    )
