"""Tells a department's system what became of its texts: one signed POST to an allow-listed host,
or the GET that an old script asked for.

Rules protected: where the name leads is looked up and checked for each POST, no answer is followed elsewhere,
waited for beyond its time or read beyond its size; nothing of what is POSTed stands in an address, and
nothing of either in a log.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from secrets import token_hex
from urllib.parse import urlsplit

from channels.http import Destination, HttpAnswer, HttpClient, HttpError, NotReached, destination
from hub.actions.departments.signature import (
    KEY_HEADER,
    NONCE_HEADER,
    SIGNATURE_HEADER,
    TIMESTAMP_HEADER,
    signature,
)
from hub.actions.departments.tell_receipts import NotTold
from hub.other_systems.checked_address import NotAllowed, checked_address
from hub.runtime.clock import Clock

ID_HEADER = "X-Hub-Delivery"
"""The id under which a POST is the same one, however often it comes."""
_ANSWER_BYTES = 4_096


class HttpCallbacks:
    """See `CallbackDoor`. may_call_back: asked for each POST, because the list may have become shorter."""

    def __init__(
        self, http: HttpClient, clock: Clock, may_call_back: Callable[[str], bool], *, timeout_seconds: float
    ) -> None:
        self._http = http
        self._clock = clock
        self._may_call_back = may_call_back
        self._timeout_seconds = timeout_seconds

    async def tell(self, url: str, body: bytes, *, secret: str, key_hint: str, id: str) -> int:
        """See the port. key_hint: how the key begins, so that a system with several knows which secret."""
        if not self._may_call_back(url):
            raise NotTold("host_not_allowed")
        timestamp, nonce = str(self._clock.now_ms() // 1000), token_hex(16)
        parts = urlsplit(url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = {
            KEY_HEADER: key_hint,
            TIMESTAMP_HEADER: timestamp,
            NONCE_HEADER: nonce,
            SIGNATURE_HEADER: signature(secret, "POST", target, timestamp, nonce, body),
        }
        told = {"Content-Type": "application/json", ID_HEADER: id}
        return await self._status(url, told, lambda to: self._http.post(to, body, headers=headers))

    async def visit(self, url: str) -> int:
        """See `GetDoor`: without a signature, to a host of the same list. Raises `NotTold`."""
        if not self._may_call_back(url):
            raise NotTold("host_not_allowed")
        return await self._status(url, {}, self._http.get)

    async def _status(
        self, url: str, headers: dict[str, str], send: Callable[[Destination], Awaitable[HttpAnswer]]
    ) -> int:
        try:
            to = destination(
                url,
                headers,
                total_seconds=self._timeout_seconds,
                limit_bytes=_ANSWER_BYTES,
                address=await checked_address(url),
            )
            return (await send(to)).status
        except NotAllowed:
            raise NotTold("address_not_allowed") from None
        except NotReached:
            raise NotTold("not_reached") from None
        except HttpError as problem:
            raise NotTold(type(problem).__name__) from None
        except ValueError:  # an address that cannot be written as a request
            raise NotTold("bad_address") from None
