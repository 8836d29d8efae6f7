"""What the states of SMPP mean for the outbox. Source: SMPP 3.4, section 5.1.3, and how Kannel takes them."""

from __future__ import annotations

from collections.abc import Collection

from channels.carrier.account import LoginRefused
from channels.contract import ReceiptState
from channels.errors import Misconfigured, Permanent, SendError, Temporary

_SLOW_DOWN = frozenset({0x14, 0x58})  # queue full, throttled
_AGAIN = frozenset({0x04, 0x05, 0x08, 0x0D, 0x45, 0x64, 0xFF})
_BAD_DESTINATION = 0x0B
_OURS = frozenset({0x01, 0x02, 0x03, *range(0xC0, 0xC5)})
_SETTINGS = frozenset({0x0A, 0x0E, 0x0F, 0x15, *range(0x48, 0x52), 0x53})
_LOGIN = {0x0E: "password is wrong", 0x0F: "system_id is wrong"}
_FLOW_SECONDS = 15.0


def login_refused(status: int) -> LoginRefused:
    """A wrong name or password is a setting of ours; with others the gateway may let us in later."""
    reason = _LOGIN.get(status, "the gateway refuses the login now")
    return LoginRefused(f"bind-0x{status:02x}", reason, ours=status in _LOGIN)


def submit_refused(
    status: int, *, busy: Collection[int] = (), refused_numbers: Collection[int] = ()
) -> SendError:
    """What a status other than 0 means. busy, refused_numbers: of this gateway's maker, 0x400 and up."""
    code = f"0x{status:02x}"
    if status in _SLOW_DOWN or status in busy:
        return Temporary(code, "throttled", retry_after_seconds=_FLOW_SECONDS, slow_down=True)
    if status in _AGAIN:
        return Temporary(code, "not now")
    if status == _BAD_DESTINATION or status in refused_numbers:
        return Permanent(code, "destination number", invalid_address=status == _BAD_DESTINATION)
    if status in _SETTINGS:
        return Misconfigured(code, _LOGIN.get(status, "a field of the account's settings"))
    return Permanent(code, "malformed" if status in _OURS else "refused by the gateway")


_BY_NUMBER = {
    1: ReceiptState.QUEUED,
    2: ReceiptState.DELIVERED,
    6: ReceiptState.QUEUED,
}
_BY_WORD = {
    "DELIVRD": ReceiptState.DELIVERED,
    "ACCEPTD": ReceiptState.QUEUED,
    "ENROUTE": ReceiptState.QUEUED,
}


def state_of(number: int | None, word: str) -> ReceiptState:
    """message_state where a receipt has it, else the word of its text."""
    if number is not None:
        return _BY_NUMBER.get(number, ReceiptState.UNDELIVERED)
    return _BY_WORD.get(word.upper(), ReceiptState.UNDELIVERED)
