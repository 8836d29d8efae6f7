"""Whether a call of the API comes from who it says: key, signature, time, nonce, source, in this order.

Rule protected: before the signature holds nothing is told about a key, not even whether it exists; a nonce is
spent only by who could sign it.
"""

from __future__ import annotations

from dataclasses import dataclass

from hub.actions.departments.signature import WINDOW_SECONDS, is_signed, signature
from hub.model.departments.department_key import DepartmentKey
from hub.repositories.departments.keys import DepartmentKeyRepository
from hub.runtime.clock import Clock
from hub.runtime.errors import HubError

_LONGEST_NONCE = 64
_SHORTEST_NONCE = 16


@dataclass(frozen=True, slots=True)
class SignedCall:
    """A request as it came. target: path and query. key, timestamp, nonce, signature: its headers, "" where
    one is lacking. source: where it came from."""

    method: str
    target: str
    key: str
    timestamp: str
    nonce: str
    signature: str
    body: bytes
    source: str


class NotProven(HubError):
    """The call is not taken. code: part of the API's contract."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NotFromThere(HubError):
    """The key is right and may not be used from this address."""


class ProveCall:
    """Reads keys, spends nonces."""

    def __init__(self, keys: DepartmentKeyRepository, clock: Clock) -> None:
        self._keys = keys
        self._clock = clock

    async def __call__(self, call: SignedCall) -> DepartmentKey:
        """The key it was signed with. Raises `NotProven`, `NotFromThere`."""
        if not (call.key and call.timestamp and call.nonce and call.signature):
            raise NotProven("not_signed")
        key = await self._keys.by_token(call.key)
        # A secret that cannot be unsealed any more reads as "": nothing is signed with that.
        if key is None or not key.secret or not _holds(call, key.secret):
            raise NotProven("wrong_signature")
        now = self._clock.now_ms()
        if not key.is_open(now):
            raise NotProven("key_ended")
        if not key.allows_source(call.source):
            raise NotFromThere
        seconds = _seconds(call.timestamp)
        if abs(now - seconds * 1000) > WINDOW_SECONDS * 1000:
            raise NotProven("wrong_time")
        if not _SHORTEST_NONCE <= len(call.nonce) <= _LONGEST_NONCE:
            raise NotProven("bad_nonce")
        # A call may come that long before its time, and be repeated that long after it.
        until = (seconds + WINDOW_SECONDS + 1) * 1000
        if not await self._keys.spend_nonce(key, call.nonce, until=until):
            raise NotProven("nonce_used")
        await self._keys.note_use(key, call.source, at=now)
        return key


def _holds(call: SignedCall, secret: str) -> bool:
    expected = signature(secret, call.method, call.target, call.timestamp, call.nonce, call.body)
    return is_signed(call.signature, expected)


def _seconds(timestamp: str) -> int:
    """0 for what is no number of seconds: that is too old."""
    return int(timestamp) if timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12 else 0
