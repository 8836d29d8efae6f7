"""What the codes of SMGP gateways mean for the outbox. Source: SMGP 3.0.3, Status, Stat and err."""

from __future__ import annotations

from collections.abc import Collection

from channels.carrier.account import LoginRefused
from channels.contract import ReceiptState
from channels.errors import Misconfigured, Permanent, SendError, Temporary

_BUSY = frozenset({1, 2})
_OURS = {10: "structure", 11: "command", 12: "sequence number"}
_LOGIN = {
    20: "this address may not log in",
    21: "ClientID or secret is wrong",
    22: "the gateway does not speak this version",
    76: "the account has expired",
}
_SETTINGS = frozenset({20, 21, 22, *range(30, 37), 40, *range(43, 47), 48, 49, 69, 73, 76})
_EXPIRED, _DESTINATION = 37, 47
_ROUTE = frozenset({39, 58})
_FORBIDDEN_HOURS, _DAILY_QUOTA = 74, 75
_LATER_SECONDS = {_FORBIDDEN_HOURS: 1_800.0, _DAILY_QUOTA: 14_400.0}


def login_refused(status: int) -> LoginRefused:
    """Some states are settings of ours; with others the gateway may let us in later."""
    reason = _LOGIN.get(status, _OURS.get(status, "the gateway refuses the login now"))
    return LoginRefused(f"login-{status}", reason, ours=status in _LOGIN or status in _OURS)


def submit_refused(
    status: int, *, busy: Collection[int] = (), refused_numbers: Collection[int] = ()
) -> SendError:
    """What a status other than 0 means. busy, refused_numbers: codes of this gateway for "slow down" and for
    a number that cannot be reached."""
    code = str(status)
    if status in _BUSY or status in busy:
        return Temporary(code, "busy", retry_after_seconds=1.0, slow_down=True)
    if status in _LATER_SECONDS:
        return Temporary(code, "not now", retry_after_seconds=_LATER_SECONDS[status])
    if status == _DESTINATION or status in refused_numbers:
        return Permanent(code, "destination number", invalid_address=status == _DESTINATION)
    if status in _SETTINGS:
        return Misconfigured(code, _LOGIN.get(status, "a field of the account's settings"))
    if status in _ROUTE:
        return Permanent(code, "no route to the number")
    reason = "expired at the gateway" if status == _EXPIRED else _OURS.get(status, "refused by the gateway")
    return Permanent(code, reason)


_STATES = {
    "DELIVRD": ReceiptState.DELIVERED,
    "ACCEPTD": ReceiptState.QUEUED,
}


def state_of(word: str) -> ReceiptState:
    """Stat of a receipt; everything that is not delivered or on its way has failed."""
    return _STATES.get(word.upper(), ReceiptState.UNDELIVERED)
