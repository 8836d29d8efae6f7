"""How alike a question and a wording are: a few measures of the pair, and the score they make.

Characters, words and syllables each forgive what the others do not: a synonym, a typo, a homophone. Pieces
and sounds are compared quickly and decide which wordings are worth laying beside the question word by word.
A score orders entries; it is not a probability and nothing here decides whether to answer (that is `answer`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from knowledge_base.match.alignment import Near, align
from knowledge_base.match.index import Rarity, Weights
from knowledge_base.match.term_weights import Wording
from knowledge_base.text.gram import CODE_BITS, CODE_MASK, Codes, codes_of, distinct, singles_and_pairs_of
from knowledge_base.text.sound import sound

WHOLE = 1.61
"""What the weights of `compare` add up to. They were fitted to the development set and to the test
questions of the shipped entries, half of the entries against the other half."""
MEANING = 0.55
"""The share of what is meant in the score."""
STRANGE = 0.75
"""The cosine of texts that have nothing to do with each other."""
PROMISE = 1.5
"""How much what is meant counts when it is decided who is compared word by word."""
MOST = 0.999
"""The most a score can be without being the same words."""


def closeness_of(meant: float) -> float:
    """How alike two texts mean whose vectors have this cosine, 0..1; 0 for a wording that has no vector."""
    return min(1.0, max(0.0, (meant - STRANGE) / (1 - STRANGE)))


class Glance(NamedTuple):
    """`canonical` and `raw`: cosines of the pieces, with and without the lexicon; `sound`: the share of equal
    syllables in order; 0..1. `meant`: the cosine of the vectors, None when they were not compared."""

    canonical: float
    raw: float
    sound: float
    meant: float | None = None

    @property
    def closeness(self) -> float | None:
        """How alike the two mean, 0..1; None when that was not compared."""
        return None if self.meant is None else closeness_of(self.meant)

    @property
    def score(self) -> float:
        return 0.31 * self.canonical + 0.28 * self.raw + 0.30 * self.sound


class Likeness(NamedTuple):
    """`asked`, `found`, `both`: the share of the words of either side, and of both, that the other covers,
    0..1. `lost` and `extra`: the weight of the heaviest word of the question, and of the wording, that the
    other lacks. `other_aspect`: whether they ask for different things about a service; `numbers`: whether
    their numbers differ; `slots`: how many slots have another value. `by_words`: what the words alone say,
    `score`: with what is meant where that is known; 0..1."""

    glance: Glance
    asked: float
    found: float
    both: float
    lost: float
    extra: float
    other_aspect: bool
    numbers: bool
    slots: int
    by_words: float
    score: float

    @property
    def closeness(self) -> float | None:
        """See `Glance.closeness`."""
        return self.glance.closeness


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """A question as it is compared quickly: its different pieces ascending, as it was written and of its
    canonical words and syllables, the square of the rarity of each, the lengths of these vectors; how it
    sounds."""

    raw: Codes
    raw_squares: Weights
    raw_length: float
    canonical: Codes
    squares: Weights
    length: float
    spoken: str

    @classmethod
    def of(cls, plain: str, canonical: str, rarity: Rarity) -> "Outline":
        """Of a normalised text and its canonical words."""
        raw, pieces = codes_of(plain), codes_of(canonical, sound(canonical))
        both = np.array(rarity.squares([*raw, *pieces]), np.float32)
        raw_squares, squares = both[: len(raw)], both[len(raw) :]
        return cls(
            np.array(raw, np.uint64),
            raw_squares,
            float(np.sqrt(raw_squares.sum())) or 1.0,
            np.array(pieces, np.uint64),
            squares,
            float(np.sqrt(squares.sum())) or 1.0,
            sound(plain),
        )

    def glances(
        self,
        plain: Sequence[str],
        lengths: Weights,
        canonical: Sequence[float],
        meant: Sequence[float] | None,
        most: int,
    ) -> list[tuple[int, Glance]]:
        """The quick measures beside the most promising of these texts, at most so many, best first, each with
        its place among them. `lengths` are those of their vectors of pieces as written; `canonical` and
        `meant` the cosines the index found."""
        raw = self._shared(plain) / (self.raw_length * lengths)
        ratio, spoken = fuzz.ratio, self.spoken
        sounds = [ratio(spoken, other) / 100 for other in sound("\n".join(plain)).split("\n")]
        # Here what is meant counts more, because a heavy word that both have is only seen later.
        known = np.array(canonical)
        promise = 0.31 * known + 0.28 * raw + 0.30 * np.array(sounds) + 0.6 * known
        if meant is not None:
            promise += PROMISE * np.clip((np.array(meant) - STRANGE) / (1 - STRANGE), 0.0, 1.0)
        best = np.argsort(-promise, kind="stable")[:most].tolist()
        raw = raw.tolist()
        return [
            (at, Glance(canonical[at], raw[at], sounds[at], None if meant is None else meant[at]))
            for at in best
        ]

    def _shared(self, plain: Sequence[str]) -> NDArray[np.float64]:
        """For each of these texts the sum of the squared rarities of the pieces that the question has too."""
        keys = singles_and_pairs_of(plain)
        codes = keys & CODE_MASK
        at = np.searchsorted(self.raw, codes)
        at[at == len(self.raw)] = 0
        keys = distinct(keys[self.raw[at] == codes])
        at = np.searchsorted(self.raw, keys & CODE_MASK)
        sums = np.bincount((keys >> CODE_BITS).astype(np.int64), self.raw_squares[at], len(plain))
        return sums.astype(np.float64, copy=False)


def compare(question: Wording, wording: Wording, seen: Glance, near: Near) -> Likeness:
    """The measures of a pair, word by word."""
    words = align(question, wording, near)
    other_aspect = bool(question.aspects and wording.aspects and not question.aspects & wording.aspects)
    theirs = wording.slots
    slots = sum([1 for slot, values in question.slots.items() if _other(values, theirs.get(slot))])
    told = 0.60 * words.both + 0.12 * words.asked - 0.015 * words.lost
    apart = 0.14 * other_aspect + 0.05 * slots
    score = by_words = min(MOST, max(0.0, (seen.score + told - apart) / WHOLE))
    closeness = seen.closeness
    if closeness is not None:
        score = min(MOST, MEANING * closeness + (1 - MEANING) * by_words)
    return Likeness(seen, *words, other_aspect, question.numbers != wording.numbers, slots, by_words, score)


def _other(asked: frozenset[str], found: frozenset[str] | None) -> bool:
    return found is not None and not asked & found
