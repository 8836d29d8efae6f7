"""What the codes of CMPP gateways mean for the outbox. Source: CMPP 3.0.0, SUBMIT_RESP, CONNECT_RESP, Stat.

Codes of a gateway's maker differ from place to place: an account names those it knows in its settings, and
every other one ends the message.
"""

from __future__ import annotations

from collections.abc import Collection

from channels.carrier.account import LoginRefused
from channels.contract import ReceiptState
from channels.errors import Misconfigured, Permanent, SendError, Temporary

FLOW_CONTROL = 8
_DUPLICATE_SEQUENCE = 3
_BAD_DESTINATION = 13
_OURS = {1: "structure", 2: "command", 4: "length"}
_SETTINGS = {
    5: "FeeCode",
    7: "Service_Id",
    9: "the gateway does not serve this fee number",
    10: "Src_Id",
    11: "Msg_src",
    12: "Fee_terminal_Id",
}
_LOGIN = {
    1: "structure of CONNECT",
    2: "this address may not log in as this SP_Id",
    3: "SP_Id or secret is wrong",
    4: "the gateway does not speak this version",
}


def login_refused(status: int) -> LoginRefused:
    """Status 1 to 4 of CONNECT_RESP are settings of ours; with others the gateway may let us in later."""
    return LoginRefused(
        f"connect-{status}", _LOGIN.get(status, "the gateway refuses the login now"), ours=status in _LOGIN
    )


def submit_refused(
    result: int, *, busy: Collection[int] = (), refused_numbers: Collection[int] = ()
) -> SendError:
    """What a result other than 0 means. busy, refused_numbers: codes of this gateway for "slow down" and
    for a number that cannot be reached."""
    code = str(result)
    if result == FLOW_CONTROL or result in busy:
        return Temporary(code, "flow control", retry_after_seconds=1.0, slow_down=True)
    if result == _DUPLICATE_SEQUENCE:
        return Temporary(code, "sequence number used twice")
    if result == _BAD_DESTINATION or result in refused_numbers:
        return Permanent(code, "destination number", invalid_address=result == _BAD_DESTINATION)
    if result in _SETTINGS:
        return Misconfigured(code, _SETTINGS[result])
    return Permanent(code, _OURS.get(result, "refused by the gateway"))


_STATES = {
    "DELIVRD": ReceiptState.DELIVERED,
    "EXPIRED": ReceiptState.UNDELIVERED,
    "UNDELIV": ReceiptState.UNDELIVERED,
    "UNKNOWN": ReceiptState.UNDELIVERED,
    "REJECTD": ReceiptState.UNDELIVERED,
    "DELETED": ReceiptState.UNDELIVERED,
    "ACCEPTD": ReceiptState.QUEUED,
}


def state_of(word: str) -> ReceiptState:
    """Stat of a receipt. Words of the networks behind the gateway (`MA:0001`, `MK:0012`, …) are failures."""
    return _STATES.get(word.upper(), ReceiptState.UNDELIVERED)
