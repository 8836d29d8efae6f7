"""What the codes of SGIP gateways mean for the outbox. Source: SGIP 1.2, Result and ErrorCode."""

from __future__ import annotations

from collections.abc import Collection

from channels.carrier.account import LoginRefused
from channels.contract import ReceiptState
from channels.errors import Misconfigured, Permanent, SendError, Temporary

REFUSED_LOGIN, BAD_PARAMETER = 1, 5
_LOGIN = {1: "name or password is wrong", 4: "the login type is wrong"}
_AGAIN = {2: "logged in twice", 3: "too many connections", 11: "busy"}
_TOO_FAST = 88
_OURS = {5: "parameter", 7: "message id", 8: "length", 9: "sequence number"}
_NUMBER = 6


def login_refused(result: int) -> LoginRefused:
    """1 and 4 are settings of ours; with others the gateway may let us in later."""
    reason = _LOGIN.get(result, _AGAIN.get(result, "the gateway refuses the login now"))
    return LoginRefused(f"bind-{result}", reason, ours=result in _LOGIN)


def submit_refused(
    result: int, *, busy: Collection[int] = (), refused_numbers: Collection[int] = ()
) -> SendError:
    """What a result other than 0 means. busy, refused_numbers: codes of this gateway for "slow down" and for
    a number that cannot be reached."""
    code = str(result)
    if result == _TOO_FAST or result in _AGAIN or result in busy:
        reason = _AGAIN.get(result, "too fast")
        return Temporary(code, reason, retry_after_seconds=1.0, slow_down=result not in (2, 3))
    if result == _NUMBER or result in refused_numbers:
        return Permanent(code, "destination number", invalid_address=result == _NUMBER)
    if result in _LOGIN:
        return Misconfigured(code, _LOGIN[result])
    return Permanent(code, _OURS.get(result, "refused by the gateway"))


def state_of(state: int) -> ReceiptState:
    """State of a report."""
    return {0: ReceiptState.DELIVERED, 1: ReceiptState.QUEUED}.get(state, ReceiptState.UNDELIVERED)
