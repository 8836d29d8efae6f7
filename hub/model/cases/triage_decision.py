"""What people decided about texts the hub had judged by itself: an office's own corrections.

They stay in the office's store: no export, report or update of the hub carries them away.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hub.model.personal import personal


class DecisionKind(StrEnum):
    """What was decided."""

    FALSE_ALARM = "false_alarm"  # 误报: no danger, or none any more that a handler could see
    REAL_DANGER = "real_danger"  # 确认险情: what was only possible is danger
    SUSPECTED = "suspected"  # 疑似检举: a handler recognised an accusation
    CONFIRMED = "confirmed"  # 确认检举
    RELEASED = "released"  # 放行: no accusation


@dataclass(frozen=True, slots=True)
class TriageDecision:
    """One decision. by: an agent's id; text: what the citizen had written; reason: where one was given."""

    id: str
    case_id: str
    kind: DecisionKind
    at: int
    by: str
    text: str = personal()
    reason: str = personal()
