"""The bench every adapter runs through: what a table of cases says about one adapter.

To put another adapter on the bench, write one module with a `ReceiverTable` and/or a
`SenderTable` and name it in `tables.py`. The hostile cases are made from the genuine ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace

from channels.adapter import ReceivesWebhooks, Sends
from channels.contract import InboundEvent, OutboundMessage, WebhookRequest
from channels.errors import SendError
from channels.http import HttpClient

CANARY_PHONE = "13912345678"
CANARY_TEXT = "canary-text-黄雀在后"
CANARY_SECRET = "canary-secret-5f2e"
CANARIES = (CANARY_PHONE, "canary-text", "黄雀在后", CANARY_SECRET)
"""Nothing of this may reach a log, the standard streams or an error's text."""


@dataclass(frozen=True, slots=True)
class Genuine:
    """A webhook as the provider would send it, before it is signed, and what must come of it."""

    name: str
    part: str
    request: WebhookRequest
    events: tuple[InboundEvent, ...]
    status: int = 200


@dataclass(frozen=True, slots=True)
class Unusable:
    """A webhook that is signed and all the same no use; the error must name `field`."""

    name: str
    part: str
    request: WebhookRequest
    field: str


@dataclass(frozen=True, slots=True)
class ReceiverTable:
    """An adapter that receives webhooks.

    sign: gives a request the signature made with a secret. unsign: takes any signature away.
    secret: the right one.
    """

    name: str
    adapter: Callable[[HttpClient], ReceivesWebhooks]
    sign: Callable[[WebhookRequest, str], WebhookRequest]
    unsign: Callable[[WebhookRequest], WebhookRequest]
    secret: str
    genuine: tuple[Genuine, ...]
    unusable: tuple[Unusable, ...]


Attack = Callable[[ReceiverTable, WebhookRequest], WebhookRequest]


def _without_signature(table: ReceiverTable, request: WebhookRequest) -> WebhookRequest:
    return table.unsign(request)


def _with_a_wrong_secret(table: ReceiverTable, request: WebhookRequest) -> WebhookRequest:
    return table.sign(request, "not the secret")


def _with_a_changed_body(table: ReceiverTable, request: WebhookRequest) -> WebhookRequest:
    return replace(table.sign(request, table.secret), body=request.body + b"&Extra=1")


def _at_another_address(table: ReceiverTable, request: WebhookRequest) -> WebhookRequest:
    more = "&" if "?" in request.target else "?"
    return replace(table.sign(request, table.secret), target=f"{request.target}{more}x=1")


def _with_garbage_in_the_body(table: ReceiverTable, request: WebhookRequest) -> WebhookRequest:
    return replace(table.sign(request, table.secret), body=bytes(range(256)) * 4)


def _without_a_body(table: ReceiverTable, request: WebhookRequest) -> WebhookRequest:
    return replace(table.sign(request, table.secret), body=b"")


def _with_json_in_the_body(table: ReceiverTable, request: WebhookRequest) -> WebhookRequest:
    signed = table.sign(request, table.secret)
    headers = {**signed.headers, "content-type": "application/json"}
    return replace(signed, headers=headers, body=b'{"MessageSid": "SM1"}')


ATTACKS: Mapping[str, Attack] = {
    "without signature": _without_signature,
    "wrong secret": _with_a_wrong_secret,
    "changed body": _with_a_changed_body,
    "another address": _at_another_address,
    "garbage body": _with_garbage_in_the_body,
    "no body": _without_a_body,
    "json body": _with_json_in_the_body,
}
"""What nobody who lacks the secret may get past an adapter: each must be `Forged`."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a send must end with.

    error: the class of the decision; None = accepted. code: the error's, "" = any. parts: billed.
    """

    error: type[SendError] | None = None
    code: str = ""
    parts: int = 1
    slow_down: bool = False
    retry_after_seconds: float | None = None
    invalid_address: bool = False


@dataclass(frozen=True, slots=True)
class SendCase:
    """One attempt. arrange: opens the provider in the condition the case names, and the adapter."""

    name: str
    arrange: Callable[[], AbstractAsyncContextManager[Sends]]
    message: OutboundMessage
    outcome: Outcome


EVERY_SENDER_ANSWERS_FOR = frozenset(
    {
        "accepted",
        "too fast",
        "provider failed",
        "answer lost",
        "recipient refused",
        "answer is no answer",
        "connection refused",
        "time-out",
    }
)


@dataclass(frozen=True, slots=True)
class SenderTable:
    """An adapter that sends. missing: names of `EVERY_SENDER_ANSWERS_FOR` → why there is no case."""

    name: str
    cases: tuple[SendCase, ...]
    missing: Mapping[str, str] = field(default_factory=dict)
