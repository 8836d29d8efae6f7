"""What handlers of this office decided about danger (误报, 确认险情) weighs when the same is written
again, by whomever.

The rule: a text that is the same as a marked one, or means the same, is one step less sure, never two.
What has a word or a way of telling of danger that the marked one had not is not lowered, nor is a threat.
What was sure stays a flag; what was a flag by such words stays one, because the next who writes them may
mean it. What is the same as one that was confirmed is not lowered either, and possible danger is sure
then: of two decisions that fit, the one for danger counts. Decisions of one office never leave its store.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from hub.actions.dialogue.encoding import Encoding
from hub.actions.dialogue.triage import Triage
from hub.model.cases.triage_decision import DecisionKind
from hub.repositories.triage_decisions import TriageDecisionRepository
from hub.runtime.aside import aside
from knowledge_base.meaning.encoder import Vector
from knowledge_base.meaning.grams import patterns_in
from knowledge_base.meaning.safety import Level
from knowledge_base.meaning.windows import windows
from knowledge_base.text.utterance import Utterance

_LOOKED_AT = 200
"""Decisions that weigh, the newest."""
_SECONDS = 0.3
_NEAR = 0.97
"""The least cosine of two texts that mean the same."""
_ALIKE = 0.5
"""The least share of characters in common of texts whose vectors are compared: few have to be made."""


@dataclass(frozen=True, slots=True)
class _Text:
    """told: the words and ways of telling of danger in it. window: "" where it is too long for one vector."""

    folded: str
    told: frozenset[str]
    window: str


class DangerDecisions:
    """Compares with the decisions."""

    def __init__(self, decisions: TriageDecisionRepository, triage: Triage, encoding: Encoding) -> None:
        self._decisions = decisions
        self._triage = triage
        self._encoding = encoding
        self._texts: dict[DecisionKind, dict[str, _Text]] = {}

    async def weighed(self, level: Level, text: str, vectors: Mapping[str, Vector]) -> Level:
        """How sure danger in a text is after the decisions. vectors: of its windows, where they are known."""
        if level is Level.NONE:
            return level
        mine = await aside(len(text), self._read, text)
        real = await self._decided(DecisionKind.REAL_DANGER)
        if await self._is_like([one for one in real if one.told <= mine.told], mine, vectors):
            return Level.SURE
        if level is Level.POSSIBLE and mine.told:
            return level
        danger = self._triage.danger(mine.folded)
        if danger is not None and danger.threat:
            return level
        marked = await self._decided(DecisionKind.FALSE_ALARM)
        if not await self._is_like([one for one in marked if mine.told <= one.told], mine, vectors):
            return level
        return Level.POSSIBLE if level is Level.SURE else Level.NONE

    async def _is_like(self, decided: Sequence[_Text], mine: _Text, vectors: Mapping[str, Vector]) -> bool:
        """Whether one of them is the same text, or means the same."""
        if any(one.folded == mine.folded for one in decided):
            return True
        vector = vectors.get(mine.window)
        if vector is None:
            return False
        alike = [one.window for one in decided if _share(one.window, mine.window) >= _ALIKE]
        others = await self._encoding.within(alike, seconds=_SECONDS)
        return any(float(vector @ other) >= _NEAR for other in others.values())

    async def _decided(self, kind: DecisionKind) -> Collection[_Text]:
        """The texts of a kind; those that were read before are not read again."""
        found = await self._decisions.newest(kind, limit=_LOOKED_AT)
        before = self._texts.get(kind, {})
        self._texts[kind] = {one.id: before.get(one.id) or self._read(one.text) for one in found if one.text}
        return self._texts[kind].values()

    def _read(self, text: str) -> _Text:
        utterance = Utterance(text)
        folded, found = utterance.folded, windows(utterance.simplified)
        ways = (name for name in patterns_in(folded) if name.startswith("#danger."))
        told = frozenset((*self._triage.danger_words(folded), *ways))
        return _Text(folded, told, found[0] if len(found) == 1 else "")


def _share(one: str, other: str) -> float:
    mine, theirs = set(one), set(other)
    return len(mine & theirs) / max(1, len(mine | theirs))
