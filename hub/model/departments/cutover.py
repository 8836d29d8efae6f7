"""How far a department has come over from its old platform: phase, who moved it and why, what was signed.

A department nobody began a cut-over for has none of this: it never had an old platform, and its texts are
taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from hub.model.personal import personal


class Phase(StrEnum):
    """Which platform sends. Part of the API's contract, never renamed."""

    OLD = "old"  # 旧平台
    SHADOW = "shadow"  # 影子: the old platform sends, the hub gets copies
    NEW = "new"  # 新平台


MOVES: Mapping[Phase, frozenset[Phase]] = {
    Phase.OLD: frozenset({Phase.SHADOW}),
    Phase.SHADOW: frozenset({Phase.NEW, Phase.OLD}),
    Phase.NEW: frozenset({Phase.SHADOW, Phase.OLD}),
}
"""Forward one step at a time; back from anywhere, at once."""


@dataclass(frozen=True, slots=True)
class Signature:
    """A line of the checklist that a person answers for. by: id of the agent. note: what was seen, and
    where."""

    line: str
    at: int
    by: str
    note: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """A kind of difference that is meant. reason: its code. by: id of the agent."""

    reason: str
    at: int
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class Cutover:
    """id: of the department. seq: how often it was moved. since, by: the last move.

    signed: at most one of each line. explained: at most one of each reason.
    """

    id: str
    phase: Phase
    since: int
    by: str
    seq: int = 1
    signed: tuple[Signature, ...] = personal(())
    explained: tuple[Explanation, ...] = personal(())

    def moved(self, to: Phase, *, by: str, at: int) -> Cutover:
        """In another phase. What was signed holds for one switch: after a fallback it is signed anew."""
        signed = () if self.phase is Phase.NEW else self.signed
        return replace(self, phase=to, since=at, by=by, seq=self.seq + 1, signed=signed)

    def with_signature(self, signature: Signature) -> Cutover:
        """In place of one of the same line."""
        return replace(self, signed=(*self.without_signature(signature.line).signed, signature))

    def without_signature(self, line: str) -> Cutover:
        """Taken back."""
        return replace(self, signed=tuple(one for one in self.signed if one.line != line))

    def with_explanation(self, explanation: Explanation) -> Cutover:
        """In place of one of the same reason."""
        return replace(self, explained=(*self.without_explanation(explanation.reason).explained, explanation))

    def without_explanation(self, reason: str) -> Cutover:
        """Taken back."""
        return replace(self, explained=tuple(one for one in self.explained if one.reason != reason))


@dataclass(frozen=True, slots=True)
class PhaseMove:
    """A row of the audit, only added. before: "" for the first. by: id of the agent. at: ms UTC."""

    id: str
    department: str
    seq: int
    at: int
    by: str
    before: str
    after: Phase
    why: str = personal("")
