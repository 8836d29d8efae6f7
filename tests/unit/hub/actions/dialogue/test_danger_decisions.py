"""What an office decided about danger weighs when the same is written again, both ways."""

from __future__ import annotations

import pytest

from hub.actions.dialogue.danger_decisions import DangerDecisions
from hub.actions.dialogue.encoding import Encoding
from hub.actions.dialogue.look_up import LookUp
from hub.actions.dialogue.triage import Triage, Words
from hub.model.cases.triage_decision import DecisionKind, TriageDecision
from hub.repositories import triage_decisions
from hub.repositories.triage_decisions import TriageDecisionRepository
from hub.runtime.clock import FakeClock
from hub.store.crypto import KeyRing, Vault
from hub.store.memory_documents import MemoryDocuments
from knowledge_base.dialogue.slot import Slots
from knowledge_base.dialogue.small_talk import SmallTalk
from knowledge_base.match.answer import DEFAULT
from knowledge_base.meaning.safety import Level

TEXT = "他一直站在楼下看我"
REAL, FALSE = DecisionKind.REAL_DANGER, DecisionKind.FALSE_ALARM


class Office:
    """Its decisions, and how they weigh; words alone, no engine."""

    def __init__(self) -> None:
        clock = FakeClock()
        self._documents = MemoryDocuments(triage_decisions.COLLECTIONS, clock=clock)
        self._stored = TriageDecisionRepository(self._documents, Vault(KeyRing.fresh()))
        triage = Triage(Words(emergency=("救命",)), LookUp(DEFAULT, Slots()), SmallTalk())
        self._weigh = DangerDecisions(self._stored, triage, Encoding(None, clock)).weighed
        self._made = 0

    async def decide(self, kind: DecisionKind, text: str = TEXT) -> None:
        self._made += 1
        one = TriageDecision(f"d{self._made}", "c1", kind, self._made, "li", text)
        await self._documents.commit([self._stored.insert(one)])

    async def weighed(self, level: Level, text: str = TEXT) -> Level:
        return await self._weigh(level, text, {})


@pytest.mark.parametrize(
    ("kinds", "level", "expected"),
    [
        ((), Level.POSSIBLE, Level.POSSIBLE),
        ((FALSE,), Level.POSSIBLE, Level.NONE),
        ((FALSE,), Level.SURE, Level.POSSIBLE),
        ((REAL,), Level.POSSIBLE, Level.SURE),
        ((REAL,), Level.SURE, Level.SURE),
        ((REAL, FALSE), Level.POSSIBLE, Level.SURE),  # the decision for danger counts
        ((FALSE, REAL), Level.SURE, Level.SURE),
        ((REAL,), Level.NONE, Level.NONE),  # what shows no danger at all is not raised
    ],
)
async def test_the_same_words_weigh_as_they_were_decided(
    kinds: tuple[DecisionKind, ...], level: Level, expected: Level
) -> None:
    office = Office()
    for kind in kinds:
        await office.decide(kind)
    assert await office.weighed(level) is expected


async def test_other_words_are_weighed_as_before() -> None:
    office = Office()
    await office.decide(REAL)
    assert await office.weighed(Level.POSSIBLE, "路灯坏了") is Level.POSSIBLE


async def test_what_lacks_the_word_of_danger_that_was_confirmed_is_not_raised_by_it() -> None:
    office = Office()
    await office.decide(REAL, "救命")
    assert await office.weighed(Level.POSSIBLE, "救") is Level.POSSIBLE
