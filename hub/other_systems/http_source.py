"""Asks another system over HTTP how far a matter is: one signed request, one bounded answer.

Rules protected: number and code go in a signed body, never in an address or a log; no answer is followed to
another place or waited for beyond its time; a failure says that nothing is known now, and a system that keeps
failing is left alone for a while. The contract stands in docs/progress_systems.md.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from secrets import token_hex

from channels.address import Address, AddressKind
from channels.http import HttpAnswer, HttpClient, HttpError, destination
from hub.actions.progress.progress_source import SourceDown
from hub.model.progress import Progress
from hub.other_systems.contract import read
from hub.runtime.breaker import Breaker
from hub.runtime.clock import Clock
from hub.runtime.signing import NONCE_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, signature

log = logging.getLogger(__name__)

ANSWER_BYTES = 65_536
_NO_SUCH = 404


@dataclass(frozen=True, slots=True)
class ProgressSystem:
    """A configured system. pattern: a whole number it gives out. states: its words → the contract's."""

    name: str
    pattern: re.Pattern[str]
    url: str
    secret: str = field(repr=False)
    timeout_seconds: float
    states: Mapping[str, str]


class HttpProgress:
    """The `ProgressSource` of one configured system."""

    def __init__(self, system: ProgressSystem, http: HttpClient, clock: Clock) -> None:
        self._system = system
        self._http = http
        self._clock = clock
        self._breaker = Breaker(clock)
        self._to = destination(
            system.url,
            {"Content-Type": "application/json", "Accept": "application/json"},
            total_seconds=system.timeout_seconds,
            limit_bytes=ANSWER_BYTES,
        )

    def recognises(self, reference: str) -> bool:
        """By the configured pattern."""
        return self._system.pattern.fullmatch(reference) is not None

    def accepts_code(self, code: str) -> bool:
        """Letters and digits."""
        return re.fullmatch(r"[0-9A-Za-z]{4,20}", code) is not None

    async def is_owner(self, reference: str, shown: Address) -> bool:
        """Whose the matter is only the other system knows; who shows a telephone number is held to it."""
        return shown.kind is AddressKind.PHONE and bool(shown.value)

    async def progress(self, reference: str, code: str) -> Progress | None:
        """See `ProgressSource`."""
        if not self._breaker.allows():
            raise SourceDown("left alone for a while")
        try:
            answer = await self._ask({"reference": reference, "code": code})
            found = None
            if answer.status != _NO_SUCH:
                found = read(answer.body, reference, system=self._system.name, states=self._system.states)
        except (HttpError, SourceDown) as problem:
            self._breaker.failed()
            # Never the problem's own text: it may quote what was answered.
            log.warning(
                "progress.failed", extra={"system": self._system.name, "problem": type(problem).__name__}
            )
            raise SourceDown(self._system.name) from None
        self._breaker.succeeded()
        return found

    async def probe(self) -> None:
        """Asks whether it is there, without a number. Raises `SourceDown` or `HttpError`."""
        answer = await self._ask({"probe": True})
        if answer.status != _NO_SUCH:
            read(answer.body, "", system=self._system.name, states=self._system.states)

    async def _ask(self, question: Mapping[str, object]) -> HttpAnswer:
        body = json.dumps(question, separators=(",", ":")).encode()
        timestamp, nonce = str(self._clock.now_ms() // 1000), token_hex(16)
        headers = {
            TIMESTAMP_HEADER: timestamp,
            NONCE_HEADER: nonce,
            SIGNATURE_HEADER: signature(self._system.secret, timestamp, nonce, body),
        }
        answer = await self._http.post(self._to, body, headers=headers)
        kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if answer.status not in (200, _NO_SUCH) or kind != "application/json":
            raise SourceDown(f"status {answer.status}")
        return answer
