"""What a department is told of its texts: one POST with receipts, kept until it was acknowledged.

Tried again after a minute, then ever more seldom up to a day; given up after that, and a person can have it
told again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from hub.model.personal import personal

WAITS_SECONDS = (60, 300, 900, 3_600, 3 * 3_600, 6 * 3_600, 12 * 3_600, 24 * 3_600)
"""Before the second, the third … try."""


class CallbackState(StrEnum):
    """Where it stands."""

    DUE = "due"
    DONE = "done"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class Callback:
    """next_at: ms UTC, 0 = nothing is due. tried_at: the last try. status: HTTP status of the last answer, 0
    = none came; problem: why not, a code. receipts: how many. body: what is posted, JSON."""

    id: str
    department: str
    line: str
    submission_id: str
    url: str
    created_at: int
    next_at: int
    receipts: int
    state: CallbackState = CallbackState.DUE
    tries: int = 0
    tried_at: int = 0
    status: int = 0
    problem: str = ""
    sandbox: bool = False
    client_ref: str = personal("")
    body: str = personal("")

    def answered(self, status: int, problem: str, at: int) -> Callback:
        """After a try. status: 0 with a problem when no answer came."""
        done = status // 100 == 2
        tries = self.tries + 1
        more = not done and tries <= len(WAITS_SECONDS)
        state = CallbackState.DONE if done else CallbackState.DUE if more else CallbackState.GIVEN_UP
        return replace(
            self,
            state=state,
            tries=tries,
            tried_at=at,
            status=status,
            problem=problem,
            next_at=at + WAITS_SECONDS[tries - 1] * 1000 if more else 0,
        )

    def again(self, at: int) -> Callback:
        """To be told now, as if it had never been tried; under the same id, so that it is taken once."""
        return replace(self, state=CallbackState.DUE, tries=0, next_at=at)
