"""How alike a question and a wording are: a few measures of the pair, and the score they make.

Characters, words and syllables each forgive what the others do not: a synonym, a typo, a homophone. Pieces
and sounds are compared quickly and decide which wordings are worth laying beside the question word by word.
A score orders entries; it is not a probability and nothing here decides whether to answer (that is `answer`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz

from knowledge_base.match.alignment import Near, align
from knowledge_base.match.index import Rarity, Weights, raw_pieces
from knowledge_base.match.term_weights import Wording
from knowledge_base.text.gram import CODE_BITS, CODE_MASK, Codes
from knowledge_base.text.sound import sound

WHOLE = 1.61
"""What the weights of `Likeness.score` add up to. They were fitted to the development set and to the test
questions of the shipped entries, half of the entries against the other half."""
MEANING = 0.55
"""The share of what is meant in the score."""
STRANGE = 0.75
"""The cosine of texts that have nothing to do with each other."""
PROMISE = 1.5
"""How much what is meant counts when it is decided who is compared word by word."""
MOST = 0.999
"""The most a score can be without being the same words."""


@dataclass(frozen=True, slots=True)
class Glance:
    """`canonical` and `raw`: cosines of the pieces, with and without the lexicon; `sound`: the share of equal
    syllables in order; 0..1. `meant`: the cosine of the vectors, None when they were not compared."""

    canonical: float
    raw: float
    sound: float
    meant: float | None = None

    @property
    def closeness(self) -> float | None:
        """How alike the two mean, 0..1; 0 for a wording that has no vector."""
        return None if self.meant is None else min(1.0, max(0.0, (self.meant - STRANGE) / (1 - STRANGE)))

    @property
    def score(self) -> float:
        return 0.31 * self.canonical + 0.28 * self.raw + 0.30 * self.sound

    @property
    def promise(self) -> float:
        """What decides who is laid beside the question word by word, in no unit: what is meant counts more
        here, because a heavy word that both have is only seen then."""
        return self.score + 0.6 * self.canonical + PROMISE * (self.closeness or 0.0)


@dataclass(frozen=True, slots=True)
class Likeness:
    """`asked`, `found`, `both`: the share of the words of either side, and of both, that the other covers,
    0..1. `lost` and `extra`: the weight of the heaviest word of the question, and of the wording, that the
    other lacks. `other_aspect`: whether they ask for different things about a service; `numbers`: whether
    their numbers differ; `slots`: how many slots have another value."""

    glance: Glance
    asked: float
    found: float
    both: float
    lost: float
    extra: float
    other_aspect: bool
    numbers: bool
    slots: int

    @property
    def closeness(self) -> float | None:
        """See `Glance.closeness`."""
        return self.glance.closeness

    @property
    def by_words(self) -> float:
        """What the words alone say, 0..1."""
        words = 0.60 * self.both + 0.12 * self.asked - 0.015 * self.lost
        apart = 0.14 * self.other_aspect + 0.05 * self.slots
        return min(MOST, max(0.0, (self.glance.score + words - apart) / WHOLE))

    @property
    def score(self) -> float:
        """0..1: what the words say, and what is meant where that is known."""
        closeness = self.closeness
        if closeness is None:
            return self.by_words
        return min(MOST, MEANING * closeness + (1 - MEANING) * self.by_words)


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """A question as it is compared quickly: its different pieces ascending, the square of the rarity of each,
    the length of that vector; how it sounds."""

    codes: Codes
    squares: Weights
    length: float
    spoken: str

    @classmethod
    def of(cls, plain: str, rarity: Rarity) -> "Outline":
        """Of a normalised text."""
        codes = raw_pieces((plain,))
        squares = np.array(rarity.squares(codes.tolist()), np.float32)
        return cls(codes, squares, float(np.sqrt(squares.sum())) or 1.0, sound(plain))

    def glances(
        self, plain: Sequence[str], lengths: Weights, known: Sequence[tuple[float, float | None]]
    ) -> list[Glance]:
        """The quick measures beside each of these texts; `lengths` are those of their vectors, `known` the
        cosines the index found, of the canonical pieces and of what is meant."""
        keys = raw_pieces(plain)
        codes = keys & CODE_MASK
        at = np.searchsorted(self.codes, codes)
        at[at == len(self.codes)] = 0
        shared = self.codes[at] == codes
        sums = np.bincount((keys[shared] >> CODE_BITS).astype(np.int64), self.squares[at[shared]], len(plain))
        return [
            Glance(cosine, raw, fuzz.ratio(self.spoken, spoken) / 100, meant)
            for (cosine, meant), raw, spoken in zip(
                known,
                (sums / (self.length * lengths)).tolist(),
                sound("\n".join(plain)).split("\n"),
                strict=True,
            )
        ]


def compare(question: Wording, wording: Wording, seen: Glance, near: Near) -> Likeness:
    """The measures of a pair, word by word."""
    words = align(question, wording, near)
    return Likeness(
        seen,
        words.asked,
        words.found,
        words.both,
        words.lost,
        words.extra,
        bool(question.aspects and wording.aspects and not question.aspects & wording.aspects),
        question.numbers != wording.numbers,
        sum([1 for slot, values in question.slots.items() if _other(values, wording.slots.get(slot))]),
    )


def _other(asked: frozenset[str], found: frozenset[str] | None) -> bool:
    return found is not None and not asked & found
