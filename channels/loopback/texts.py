"""Texts through the simulated carrier: the Messages resource, and receipts afterwards.

Source of fields, defaults and error bodies: Twilio's OpenAPI description `twilio_api_v2010`.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from enum import StrEnum
from secrets import token_hex
from typing import Any
from urllib.parse import urlencode

from channels.clock import Clock
from channels.loopback.faults import Fault, FaultKind
from channels.loopback.journal import Journal, SentMessage
from channels.loopback.webhooks import Fields
from channels.parts import count
from channels.twilio import form

MAX_PAGE = 1000


class ReceiptOrder(StrEnum):
    """In which order a message's receipts arrive."""

    IN_ORDER = "in_order"
    REVERSED = "reversed"
    SHUFFLED = "shuffled"


@dataclass(frozen=True, slots=True)
class ReceiptPlan:
    """Which receipts follow a message. copies: how often each one is delivered.

    by_part: as from a gateway in front of a carrier: they come to the fixed address of the sender's number,
    without our id, for each part of the message by its own id. before_answer: they arrive before the answer
    to the send does.
    """

    states: tuple[str, ...] = ("queued", "sent", "delivered")
    order: ReceiptOrder = ReceiptOrder.IN_ORDER
    copies: int = 1
    by_part: bool = False
    before_answer: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of the REST interface, and the receipts it causes at `callback`."""

    status: int
    body: bytes
    callback: str = ""
    receipts: tuple[Fields, ...] = ()


class TextCarrier:
    """Takes messages, lists them, and plans the receipts for them."""

    def __init__(self, account_sid: str, journal: Journal, clock: Clock) -> None:
        self._account_sid = account_sid
        self._journal = journal
        self._clock = clock
        self._shuffle = random.Random(12110)
        self.plan = ReceiptPlan()
        self.status_urls: dict[str, str] = {}

    def create(self, fields: Fields, fault: Fault | None) -> Reply:
        """POST Messages.json. What a fault does to the connection is the server's part."""
        refused = _refusal(fields, fault)
        if refused is not None:
            return refused
        message = self._take(fields)
        answer = json.dumps(self._resource(message)).encode()
        callback = self.status_urls.get(message.sender, "") if self.plan.by_part else message.status_callback
        return Reply(201, answer, callback, self._receipts(message, callback, fault))

    def quick(self, body: bytes, sid: str) -> bytes:
        """Take a message down by its delivery id only; the answer is the shortest valid one."""
        start = body.find(b"%3Fm%3D") + 7
        self._journal.count(body[start : body.find(b"%26", start)].decode() if start > 6 else "")
        return b'{"sid":"%s","status":"queued","num_segments":"1","error_code":null}' % sid.encode()

    def listing(self, query: Mapping[str, str]) -> Reply:
        """GET Messages.json: newest first, filtered by To and From, in pages."""
        size = min(form.number(query, "PageSize", default=50) or 50, MAX_PAGE)
        page = form.number(query, "Page", default=0)
        found = [
            self._resource(message)
            for message in reversed(self._journal.messages)
            if query.get("To", message.recipient) == message.recipient
            and query.get("From", message.sender) == message.sender
        ]
        asked = urlencode(
            {name: query[name] for name in ("To", "From") if name in query} | {"PageSize": size}
        )
        path = f"/2010-04-01/Accounts/{self._account_sid}/Messages.json?{asked}"
        more = len(found) > (page + 1) * size
        listing = {
            "messages": found[page * size : (page + 1) * size],
            "page": page,
            "page_size": size,
            "uri": f"{path}&Page={page}",
            "first_page_uri": f"{path}&Page=0",
            "next_page_uri": f"{path}&Page={page + 1}" if more else None,
            "previous_page_uri": None,
        }
        return Reply(200, json.dumps(listing).encode())

    def _take(self, fields: Fields) -> SentMessage:
        callback = fields.get("StatusCallback", "")
        ours = form.query(callback)
        parts = count(fields["Body"]).parts if self.plan.by_part else 0
        part_sids = tuple(f"SM{token_hex(16)}" for _ in range(parts))
        message = SentMessage(
            sid=part_sids[0] if part_sids else f"SM{token_hex(16)}",
            sender=fields.get("From") or fields["MessagingServiceSid"],
            recipient=fields["To"],
            text=fields["Body"],
            delivery_id=ours.get("m", ""),
            attempt=form.number(ours, "a", default=0),
            status_callback=callback,
            taken_at=self._clock.now_ms(),
            part_sids=part_sids,
        )
        self._journal.add(message)
        return message

    def _receipts(self, message: SentMessage, callback: str, fault: Fault | None) -> tuple[Fields, ...]:
        if not callback:
            return ()
        states = [(state, 0) for state in self.plan.states]
        if fault is not None and fault.kind is FaultKind.ERROR_CODE:
            states = [("queued", 0), ("sent", 0), ("undelivered", fault.code)]
        forms = [
            _receipt(self._account_sid, message, sid, *word)
            for word in states
            for sid in message.part_sids or (message.sid,)
            for _ in range(self.plan.copies)
        ]
        if self.plan.order is ReceiptOrder.REVERSED:
            forms.reverse()
        elif self.plan.order is ReceiptOrder.SHUFFLED:
            self._shuffle.shuffle(forms)
        return tuple(forms)

    def _resource(self, message: SentMessage) -> dict[str, Any]:
        at = format_datetime(datetime.fromtimestamp(message.taken_at / 1000, UTC))
        service = message.sender.startswith("MG")
        path = f"/2010-04-01/Accounts/{self._account_sid}/Messages/{message.sid}"
        ours = {"segment_sids": list(message.part_sids)} if message.part_sids else {}
        return {
            **ours,
            "sid": message.sid,
            "account_sid": self._account_sid,
            "api_version": "2010-04-01",
            "to": message.recipient,
            "from": None if service else message.sender,
            "messaging_service_sid": message.sender if service else None,
            "body": message.text,
            "status": "accepted" if service else "queued",
            "direction": "outbound-api",
            "num_segments": "0" if service else str(count(message.text).parts),
            "num_media": "0",
            "date_created": at,
            "date_updated": at,
            "date_sent": None,
            "price": None,
            "price_unit": "USD",
            "error_code": None,
            "error_message": None,
            "uri": f"{path}.json",
            "subresource_uris": {"media": f"{path}/Media.json"},
        }


def error_reply(status: int, code: int, message: str) -> Reply:
    """An error in the shape of the REST interface."""
    body = {
        "code": code,
        "message": message,
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }
    return Reply(status, json.dumps(body).encode())


def inbound_fields(account_sid: str, sid: str, from_: str, to: str, body: str) -> Fields:
    """The form of an inbound text, with the fields the provider sends."""
    return {
        "ToCountry": "CN",
        "ToState": "",
        "SmsMessageSid": sid,
        "NumMedia": "0",
        "ToCity": "",
        "FromZip": "",
        "SmsSid": sid,
        "FromState": "",
        "SmsStatus": "received",
        "FromCity": "",
        "Body": body,
        "FromCountry": "CN",
        "To": to,
        "ToZip": "",
        "NumSegments": str(count(body).parts),
        "MessageSid": sid,
        "AccountSid": account_sid,
        "From": from_,
        "ApiVersion": "2010-04-01",
    }


def _refusal(fields: Fields, fault: Fault | None) -> Reply | None:
    to = fields.get("To", "")
    if fault is not None and fault.kind is FaultKind.ERROR_CODE and not 30000 <= fault.code <= 30999:
        # The real one quotes the number as well, which is why nobody may log this.
        return error_reply(400, fault.code, f"The message to {to} was refused")
    if not to:
        return error_reply(400, 21604, "A 'To' phone number is required.")
    if not re.fullmatch(r"\+?[0-9]{3,20}", to):
        return error_reply(400, 21211, f"The 'To' number {to} is not a valid phone number.")
    if not fields.get("From") and not fields.get("MessagingServiceSid"):
        return error_reply(400, 21603, "A 'From' phone number is required.")
    if not fields.get("Body"):
        return error_reply(400, 21602, "Message body is required.")
    if len(fields["Body"]) > 1600:
        return error_reply(400, 21617, "The concatenated message body exceeds the 1600 character limit.")
    return None


def _receipt(account_sid: str, message: SentMessage, sid: str, state: str, code: int) -> Fields:
    fields = {
        "ApiVersion": "2010-04-01",
        "AccountSid": account_sid,
        "MessageSid": sid,
        "MessageStatus": state,
        "SmsSid": sid,
        "SmsStatus": state,
        "To": message.recipient,
        "From": message.sender,
    }
    if code:
        fields["ErrorCode"] = str(code)
    return fields
