"""What one visitor said of one answer (有用, 没用): at most one opinion, which may change."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hub.model.personal import personal

REASON_CHARS = 100


class Verdict(StrEnum):
    """The values are the names of the counters in `hub/model/tally.py`."""

    HELPFUL = "helpful"
    UNHELPFUL = "unhelpful"


@dataclass(frozen=True, slots=True)
class Feedback:
    """id: blind index of visitor and entry, so that nobody learns from it who it was.

    reason: one line, for UNHELPFUL, with numbers masked. keep_until: when it is deleted (ms UTC).
    """

    id: str
    entry_id: str
    verdict: Verdict
    at: int
    keep_until: int
    reason: str = personal()
