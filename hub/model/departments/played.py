"""How the sandbox plays the carrier: the last digit of a number says what becomes of its text, and time
passes as it would.

The table is part of the API's contract (docs/departments.md): every receipt there is can be had.
"""

from __future__ import annotations

from hub.model.departments.submission import TextState

SENT_MS = 1_000
DONE_MS = 3_000
SLOW_MS = 60_000

ENDS: dict[str, tuple[TextState, str]] = {
    "1": (TextState.UNDELIVERED, "UNDELIV"),
    "2": (TextState.FAILED, "REJECTD"),
    "3": (TextState.SUPPRESSED, "optout"),
    "4": (TextState.EXPIRED, "expired"),
    "5": (TextState.UNKNOWN, "no_receipt"),
    "6": (TextState.CANCELED, "canceled"),
}
"""By the last digit; every other one is delivered."""
_NEVER_SENT = frozenset({TextState.SUPPRESSED, TextState.EXPIRED, TextState.CANCELED})


def played(to: str, age_ms: int) -> tuple[TextState, str]:
    """State and reason of a text so long after it was submitted. 7: held a minute, 8: unsure a minute, then
    delivered."""
    last = next((char for char in reversed(to) if char.isdigit()), "")
    slow = {"7": TextState.HELD, "8": TextState.UNSURE}.get(last)
    if slow is not None and SENT_MS <= age_ms < SLOW_MS:
        return slow, "window" if slow is TextState.HELD else "no_answer"
    end, reason = ENDS.get(last, (TextState.DELIVERED, ""))
    if age_ms < SENT_MS:
        return TextState.QUEUED, ""
    if age_ms < DONE_MS:
        return (TextState.QUEUED if end in _NEVER_SENT else TextState.SENT), ""
    return end, reason
