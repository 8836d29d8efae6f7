"""What a tour found, as plain values for a page, a terminal or a machine."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class StepResult:
    """One step. detail: what was kept and sent, or what was wrong. killed: "", `before` or `during`."""

    story: str
    text: str
    ok: bool
    detail: str
    seconds: float
    killed: str = ""


@dataclass(frozen=True, slots=True)
class Verified:
    """The proof behind the stories. kept: events that were acknowledged, and how many of them are lost.

    twice: messages taken more than once that are not listed as ambiguous. ambiguous: those that are.
    """

    kept: int
    lost: tuple[str, ...]
    twice: tuple[str, ...]
    ambiguous: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Nothing lost, nothing doubled unannounced."""
        return not self.lost and not self.twice


@dataclass
class Report:
    """Everything, in the order it happened."""

    steps: list[StepResult] = field(default_factory=list)
    kills: int = 0
    verified: Verified | None = None

    @property
    def ok(self) -> bool:
        """Whether every step held and the proof as well."""
        return all(step.ok for step in self.steps) and self.verified is not None and self.verified.ok

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "ok": self.ok,
            "steps": [asdict(step) for step in self.steps],
            "kills": self.kills,
            "verified": asdict(self.verified) if self.verified else None,
        }
