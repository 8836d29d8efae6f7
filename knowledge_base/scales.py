"""A text as the matcher compares it: its words, its pieces and its sound, each worth what its rarity says.

Made once per question, and for the wordings of entries only when one of them is a candidate.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import log, sqrt

from knowledge_base.gram import grams, pairs
from knowledge_base.hearing import Hearing
from knowledge_base.index import BACKGROUND, Rarity
from knowledge_base.lexicon import Lexicon, Reading, Word
from knowledge_base.sound import sound

ASKING = 0.5
"""How much a word that only asks counts, as a share of one that says what about."""
_DIGITS = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True, eq=False)
class Wording:
    """`plain` is the normalised text, `canonical` the same with every known word replaced; `words` the
    different words with their weight, `weight` the sum of them; `raw` its pieces with the square of their
    rarity and `length` the length of that vector; `spoken` how the plain text sounds, `meant` how the
    canonical one does. `numbers` are the runs of digits, `slots` the values it names of each slot, `aspects`
    what it asks about a service, `content` all words but those that only ask, `places` where each meaning
    stands in `words`, `sounds` how each of them sounds,
    `characters` those of the canonical text."""

    plain: str
    canonical: str
    words: tuple[Word, ...]
    weights: tuple[float, ...]
    weight: float
    raw: Mapping[int, float]
    length: float
    spoken: str
    meant: str
    numbers: frozenset[str]
    slots: Mapping[str, frozenset[str]]
    aspects: frozenset[str]
    content: frozenset[str]
    places: Mapping[str, int]
    sounds: tuple[str, ...]
    characters: frozenset[str]


@dataclass(frozen=True, slots=True)
class Tally:
    """In how many wordings each word stands, by what it means and as it is said."""

    meant: Counter[str] = field(default_factory=Counter)
    said: Counter[str] = field(default_factory=Counter)

    def add(self, words: Iterable[Word]) -> None:
        """Counts a wording."""
        self.meant.update({word.meant for word in words})
        self.said.update({word.said for word in words})


@dataclass(frozen=True, eq=False)
class Scales:
    """What weighs words and pieces: the lexicon, the rarity of pieces, and in how many texts of the knowledge
    base each word stands."""

    lexicon: Lexicon
    rarity: Rarity
    tally: Tally
    size: int

    @cached_property
    def hearing(self) -> Hearing:
        """Made when speech is first asked about."""
        return Hearing.of(self.lexicon, self.tally.said)

    def word(self, meant: str) -> float:
        """The rarity of a word."""
        general = -log(self.lexicon.share_of_texts(meant))
        here = log((self.size + 1) / (self.tally.meant.get(meant, 0) + 0.5)) if self.size else 0.0
        return max(0.05, (self.size * here + BACKGROUND * general) / (self.size + BACKGROUND))

    def wording(self, plain: str) -> Wording:
        """`plain` (normalised) as it is compared."""
        return self.read(plain, self.lexicon.read(plain))

    def read(self, plain: str, reading: Reading) -> Wording:
        """The same for a text that was read already."""
        words = tuple({word.meant: word for word in reading.words}.values())
        asking = self.lexicon.asking
        weights = tuple(self.word(word.meant) * (ASKING if word.meant in asking else 1.0) for word in words)
        codes = list(dict.fromkeys((*grams(plain).tolist(), *pairs(plain).tolist())))
        squares = self.rarity.squares(codes)
        slots: dict[str, set[str]] = {}
        for word in words:
            slot = self.lexicon.slots.get(word.meant)
            if slot is not None:
                slots.setdefault(slot, set()).add(word.meant)
        return Wording(
            plain,
            reading.canonical,
            words,
            weights,
            sum(weights) or 1.0,
            dict(zip(codes, squares, strict=True)),
            sqrt(sum(squares)) or 1.0,
            sound(plain),
            sound(reading.canonical),
            frozenset(_DIGITS.findall(plain)),
            {slot: frozenset(values) for slot, values in slots.items()},
            frozenset(word.meant for word in words if word.meant in self.lexicon.aspects),
            frozenset(word.meant for word in words if word.meant not in self.lexicon.asking),
            {word.meant: place for place, word in enumerate(words)},
            tuple([sound(word.meant) for word in words]),
            frozenset(reading.canonical),
        )
