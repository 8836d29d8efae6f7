"""Asks a carrier's system for the 三字段 or the position of a telephone: one signed request, one answer.

Rules protected: the number goes in a signed body to the one configured place, never in an address or a log;
no answer is followed elsewhere, waited for beyond its time or read beyond its size; it is taken whole or not
at all, and only when it is about the number that was asked for: an answer about another one would send help
to the wrong door. A person waits in danger, so a system that failed is asked again at each press. The
contract stands in docs/alarms.md.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from secrets import token_hex
from typing import Any

from channels.address import BadAddress, phone
from channels.http import AnswerLost, AnswerTooLarge, HttpAnswer, HttpClient, NotReached, destination
from hub.actions.alarms.subscriber_source import CarrierAnswer
from hub.model.alarms.carrier_data import Asked, Datum, Outcome, Position, Subscriber
from hub.other_systems.checked_address import checked_address
from hub.other_systems.foreign_text import cleaned
from hub.runtime.clock import Clock, to_ms
from hub.runtime.signing import NONCE_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, signature

log = logging.getLogger(__name__)

ANSWER_BYTES = 16_384
NAME_CHARS, ADDRESS_CHARS = 60, 200
WORST_ACCURACY_M = 100_000
AHEAD_MS = 5 * 60_000
"""How far the carrier's clock may be ahead of ours: a position of later is none."""


class Malformed(Exception):
    """Not the agreed answer. Its text names a field, never what stood there."""


@dataclass(frozen=True, slots=True)
class CarrierSystem:
    """A configured carrier's system."""

    url: str
    secret: str = field(repr=False)
    timeout_seconds: float


class HttpSubscribers:
    """See `SubscriberSource`."""

    def __init__(self, system: CarrierSystem, http: HttpClient, clock: Clock) -> None:
        self._system = system
        self._http = http
        self._clock = clock

    async def ask(self, asked: Asked, number: str, *, reference: str, officer: str) -> CarrierAnswer:
        """See the port."""
        question = {"ask": str(asked), "number": number, "reference": reference, "officer": officer}
        outcome, why, data = await self._answer(question, asked, number)
        if outcome not in (Outcome.ANSWERED, Outcome.UNKNOWN):
            log.warning("carrier_data.failed", extra={"outcome": str(outcome), "problem": why})
        return CarrierAnswer(outcome, data)

    async def probe(self) -> Outcome:
        """Asks whether it is there, without a number: UNKNOWN is what is agreed."""
        outcome, _, _ = await self._answer({"probe": True}, Asked.SUBSCRIBER, "")
        return outcome

    async def _answer(
        self, question: Mapping[str, object], asked: Asked, number: str
    ) -> tuple[Outcome, str, Subscriber | Position | None]:
        try:
            answer = await self._ask(question)
            outcome = _outcome_of(answer)
            if outcome is not Outcome.ANSWERED:
                return outcome, f"status {answer.status}", None
            data = read(answer.body, asked, number, now=self._clock.now_ms())
        except NotReached as problem:
            return Outcome.UNREACHABLE, type(problem).__name__, None
        except AnswerLost as problem:
            return Outcome.TIMED_OUT, type(problem).__name__, None
        except (AnswerTooLarge, Malformed) as problem:
            return Outcome.MALFORMED, str(problem), None
        return (Outcome.UNKNOWN if data is None else Outcome.ANSWERED), "", data

    async def _ask(self, question: Mapping[str, object]) -> HttpAnswer:
        system = self._system
        body = json.dumps(question, ensure_ascii=False, separators=(",", ":")).encode()
        timestamp, nonce = str(self._clock.now_ms() // 1000), token_hex(16)
        to = destination(
            system.url,
            {"Content-Type": "application/json", "Accept": "application/json"},
            total_seconds=system.timeout_seconds,
            limit_bytes=ANSWER_BYTES,
            address=await checked_address(system.url),
        )
        headers = {
            TIMESTAMP_HEADER: timestamp,
            NONCE_HEADER: nonce,
            SIGNATURE_HEADER: signature(system.secret, timestamp, nonce, body),
        }
        return await self._http.post(to, body, headers=headers)


def _outcome_of(answer: HttpAnswer) -> Outcome:
    """By the status alone; ANSWERED: the body has to be read."""
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    match answer.status:
        case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN:
            return Outcome.REFUSED
        case HTTPStatus.TOO_MANY_REQUESTS:
            return Outcome.UNAVAILABLE
        case status if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return Outcome.UNAVAILABLE
        case HTTPStatus.OK | HTTPStatus.NOT_FOUND if kind == "application/json":
            return Outcome.ANSWERED
        case _:
            return Outcome.MALFORMED


def read(body: bytes, asked: Asked, number: str, *, now: int) -> Subscriber | Position | None:
    """What the answer tells; None for `found: false`. Raises for anything that is no answer."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise Malformed("no JSON") from None
    if not isinstance(data, dict) or not isinstance(data.get("found"), bool):
        raise Malformed("found")
    if not data["found"]:
        return None
    if _number(data.get("number")) != number:
        raise Malformed("number")
    told = data.get(asked)
    if not isinstance(told, dict):
        raise Malformed(asked)
    if asked is Asked.SUBSCRIBER:
        return Subscriber(
            number, _text(told, "name", NAME_CHARS), _text(told, "address", ADDRESS_CHARS, required=False)
        )
    return Position(
        latitude=_figure(told, "latitude", -90, 90),
        longitude=_figure(told, "longitude", -180, 180),
        accuracy_m=max(1, round(_figure(told, "accuracy_m", 0, WORST_ACCURACY_M))),
        at=_instant(told.get("at"), now),
        datum=_datum(told.get("datum")),
    )


def _number(value: object) -> str:
    try:
        return phone(value).value if isinstance(value, str) else ""
    except BadAddress:
        return ""


def _text(told: Mapping[str, Any], name: str, longest: int, *, required: bool = True) -> str:
    value = told.get(name, "")
    text = " ".join(cleaned(value, longest).split()) if isinstance(value, str) else None
    if text is None or (required and not text):
        raise Malformed(name)
    return text


def _figure(told: Mapping[str, Any], name: str, least: float, most: float) -> float:
    value = told.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise Malformed(name)  # NaN and the infinities too
    return float(value)


def _instant(value: object, now: int) -> int:
    try:
        at = to_ms(datetime.fromisoformat(value)) if isinstance(value, str) else -1
    except (ValueError, OverflowError):
        at = -1
    if not 0 <= at <= now + AHEAD_MS:
        raise Malformed("at")
    return at


def _datum(value: object) -> Datum:
    """Without the name of its system a position may be 500 m off, and nobody would know."""
    try:
        return Datum(value) if isinstance(value, str) else Datum("")
    except ValueError:
        raise Malformed("datum") from None
