"""The receipt of a petition on its way from the form to the page after it.

Number and code must not stand in an address, and the page has to survive a reload for a few
minutes. They travel in a cookie that only this server can open, good for fifteen minutes: nothing
is kept in memory, so it works with several processes and after a restart.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import asdict, dataclass

from aiohttp import web

from hub.runtime.clock import Clock
from hub.store.crypto import KeyProblem, Vault

_COOKIE = "hub_receipt"
_PATH = "/petition"
_PLACE = "cookie/receipt"
_GOOD_FOR_SECONDS = 15 * 60


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the citizen takes away. differs: the same form was sent before with other words, which hold."""

    reference: str
    query_code: str
    anonymous: bool
    is_report: bool
    differs: bool = False


def hand_over(
    response: web.StreamResponse, receipt: Receipt, vault: Vault, clock: Clock, *, secure: bool
) -> None:
    """Puts the receipt into the answer."""
    until = clock.now_ms() + _GOOD_FOR_SECONDS * 1000
    plain = json.dumps({"until": until, "receipt": asdict(receipt)}).encode()
    sealed = base64.urlsafe_b64encode(vault.seal(_PLACE, plain).encode()).decode().rstrip("=")
    response.set_cookie(
        _COOKIE,
        sealed,
        max_age=_GOOD_FOR_SECONDS,
        path=_PATH,
        secure=secure,
        httponly=True,
        samesite="Strict",
    )


def handed(request: web.Request, vault: Vault, clock: Clock) -> Receipt | None:
    """The receipt this browser was given, or None when there is none, it is old, or not ours."""
    sealed = request.cookies.get(_COOKIE, "")
    if not 0 < len(sealed) < 2000:
        return None
    try:
        blob = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4)).decode()
        data = json.loads(vault.open(_PLACE, blob))
    except (KeyProblem, ValueError, binascii.Error):
        return None
    return Receipt(**data["receipt"]) if data["until"] > clock.now_ms() else None


def forget(response: web.StreamResponse) -> None:
    """Takes the receipt away from the browser."""
    response.del_cookie(_COOKIE, path=_PATH, httponly=True, samesite="Strict")
