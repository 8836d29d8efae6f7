"""Lays the words of a question beside those of a wording: which say the same, and in what way.

The same word counts whole; the same meaning a little less; then the same sound, a related word, shared
characters. What is left over on either side is what the two do not share, weighed by rarity.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from knowledge_base.match.term_weights import Wording
from knowledge_base.text.sound import sound
from knowledge_base.words.lexicon import RELATED


class How(StrEnum):
    """In what way two words were found to belong together."""

    SAME = "same"
    CONCEPT = "concept"
    SOUND = "sound"
    RELATED = "related"
    CHARACTERS = "characters"


ALIKE = 0.8
"""What shared characters are worth at most."""
WORTH_SAME, WORTH_CONCEPT, WORTH_SOUND = 1.0, 0.95, 0.9


class Alignment(NamedTuple):
    """`asked` and `found`: the share of either side's weight that is matched by the other, 0..1. `lost` and
    `extra`: the largest weight of a word that is not (each as a multiple of a whole match lacking)."""

    asked: float
    found: float
    both: float
    lost: float
    extra: float


Near = Mapping[str, Mapping[str, float]]


def align(question: Wording, wording: Wording, near: Near) -> Alignment:
    """How far the words of the two cover each other."""
    characters = question.characters.intersection(wording.canonical)
    asked, lost = _covered(question, wording, near, characters)
    found, extra = _covered(wording, question, near, characters)
    both = (asked + found) / (question.weight + wording.weight)
    return Alignment(asked / question.weight, found / wording.weight, both, lost, extra)


def _covered(ours: Wording, theirs: Wording, near: Near, characters: frozenset[str]) -> tuple[float, float]:
    """The weight of our words that theirs cover, and the largest that one of ours lacks; `characters`: those
    of both. Written out in one piece, as it runs some 30 times for a question."""
    covered = lacking = 0.0
    places, sounds, others = theirs.places, theirs.sounds, theirs.words
    for word, weight, spoken in zip(ours.words, ours.weights, ours.sounds, strict=True):
        meant = word.meant
        other = places.get(meant)
        if other is not None:
            covered += weight if word.said == others[other].said else WORTH_CONCEPT * weight
            continue
        if spoken in sounds:
            worth = WORTH_SOUND
        else:
            worth = 0.0
            common = characters.intersection(meant)
            if common:
                for each in places:
                    if not common.isdisjoint(each):
                        shared = _shared(meant, each)
                        if shared > worth:
                            worth = shared
            if worth < RELATED and meant in near and not near[meant].keys().isdisjoint(places):
                worth = RELATED
        covered += worth * weight
        lacks = (1 - worth) * weight
        if lacks > lacking:
            lacking = lacks
    return covered, lacking


@lru_cache(maxsize=1 << 14)
def _shared(one: str, other: str) -> float:
    shared = sum([character in other for character in one])
    return ALIKE * 2 * shared / (len(one) + len(other)) if shared else 0.0


def likeness(one: str, other: str, near: Near) -> tuple[float, How]:
    """How much two words of different meaning are worth beside each other, 0..1, and why."""
    if sound(one) == sound(other):
        return WORTH_SOUND, How.SOUND
    if other in near.get(one, ()):
        return RELATED, How.RELATED
    return _shared(one, other), How.CHARACTERS


@dataclass(frozen=True, slots=True)
class Pair:
    """A word of the question and the word of the wording it belongs to; `found` is "" and `how` None for a
    word that has no counterpart."""

    asked: str
    found: str
    how: How | None

    @property
    def line(self) -> str:
        """驾照≈驾驶证 (concept)"""
        if self.how is None:
            return f"{self.asked} (unmatched)"
        return self.asked if self.how is How.SAME else f"{self.asked}≈{self.found} ({self.how})"


SHOWN = 0.3
"""The least worth of two words that are shown as belonging together."""


def pairs_of(question: Wording, wording: Wording, near: Near) -> tuple[Pair, ...]:
    """For each word of the question, in its order, the word of the wording that is worth most beside it."""
    found = []
    for word in question.words:
        best, how, said = SHOWN, None, ""
        for other in wording.words:
            if word.meant == other.meant:
                same = word.said == other.said
                worth, way = (WORTH_SAME, How.SAME) if same else (WORTH_CONCEPT, How.CONCEPT)
            else:
                worth, way = likeness(word.meant, other.meant, near)
            if worth >= best and (how is None or worth > best):
                best, how, said = worth, way, other.said
        found.append(Pair(word.said, said, how))
    return tuple(found)
