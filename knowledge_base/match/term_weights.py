"""A text as it is compared word by word: its words, each worth what its rarity says.

Made for a question, and for the few wordings that are laid beside it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import log

from knowledge_base.match.index import BACKGROUND, Rarity
from knowledge_base.text.memo import Memo
from knowledge_base.text.sound import sound
from knowledge_base.words.lexicon import Lexicon, Reading, Word
from knowledge_base.words.spelling import Spelling

ASKING = 0.5
"""How much a word that only asks counts, as a share of one that says what about."""
REMEMBERED = 50_000
"""Of how many words it is remembered what they weigh."""
KEPT = 6144
"""How many wordings of entries stay as they were read: all the shipped ones, some 10 MB when all were asked
for."""
BETWEEN = " "
"""Stands between the words of a wording that was cut; a normalised text has none."""
_DIGITS = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True, eq=False)
class Wording:
    """`canonical` is the text with every known word replaced; `words` the different words with their
    `weights`, `weight` the sum of them, `sounds` how each of them sounds, `places` where each meaning stands
    among them. `numbers` are the runs of digits, `slots` the values
    it names of each slot, `aspects` what it asks about a service, `asking` the words that only
    ask."""

    canonical: str
    words: tuple[Word, ...]
    weights: tuple[float, ...]
    weight: float
    sounds: tuple[str, ...]
    places: Mapping[str, int]
    numbers: frozenset[str]
    slots: Mapping[str, frozenset[str]]
    aspects: frozenset[str]
    asking: frozenset[str]

    @property
    def characters(self) -> frozenset[str]:
        """Those of the canonical text. Kept for no wording, as thousands of them would take much memory."""
        return frozenset(self.canonical)

    @property
    def content(self) -> frozenset[str]:
        """The words that do more than ask."""
        return frozenset(self.places).difference(self.asking)


@dataclass(frozen=True, slots=True)
class Tally:
    """In how many wordings each word stands, by what it means and as it is said."""

    meant: Counter[str] = field(default_factory=Counter)
    said: Counter[str] = field(default_factory=Counter)

    def add(self, words: Iterable[Word]) -> None:
        """Counts a wording."""
        self.meant.update({word.meant for word in words})
        self.said.update({word.said for word in words})


@dataclass(frozen=True, slots=True)
class Worth:
    """What there is to know of a canonical word: its weight, its sound, the slot it is a value of, whether it
    asks for an aspect, whether it only asks."""

    weight: float
    spoken: str
    slot: str | None
    aspect: bool
    asking: bool


@dataclass(frozen=True, eq=False)
class TermWeights:
    """What weighs words and pieces: the lexicon, the rarity of pieces, and in how many texts of the knowledge
    base each word stands."""

    lexicon: Lexicon
    rarity: Rarity
    tally: Tally
    size: int
    _known: dict[str, Worth] = field(default_factory=dict, repr=False)
    _kept: Memo[str, Wording] = field(default_factory=lambda: Memo(KEPT), repr=False)

    @cached_property
    def hearing(self) -> Spelling:
        """Made when speech is first asked about."""
        return Spelling.of(self.lexicon, self.tally.said)

    def wording(self, cut: str) -> Wording:
        """A wording of an entry, given as its words with `BETWEEN` between them."""
        return self._kept.get(cut, lambda: self.read(cut, self.lexicon.meant(cut.split(BETWEEN))))

    def read(self, plain: str, reading: Reading) -> Wording:
        """`plain` (normalised), read as `reading`, as it is compared."""
        words = {word.meant: word for word in reading.words}
        worth = [self._worth(meant) for meant in words]
        slots: dict[str, frozenset[str]] = {}
        for meant, each in zip(words, worth, strict=True):
            if each.slot is not None:
                slots[each.slot] = slots.get(each.slot, frozenset()) | {meant}
        weights = tuple([each.weight for each in worth])
        return Wording(
            reading.canonical,
            tuple(words.values()),
            weights,
            sum(weights) or 1.0,
            tuple([each.spoken for each in worth]),
            {meant: place for place, meant in enumerate(words)},
            frozenset(_DIGITS.findall(plain)),
            slots,
            frozenset([meant for meant, each in zip(words, worth, strict=True) if each.aspect]),
            frozenset([meant for meant, each in zip(words, worth, strict=True) if each.asking]),
        )

    def _worth(self, meant: str) -> Worth:
        known = self._known.get(meant)
        if known is None:
            lexicon = self.lexicon
            asking = meant in lexicon.asking
            known = Worth(
                self._weight(meant) * (ASKING if asking else 1.0),
                sound(meant),
                lexicon.slots.get(meant),
                meant in lexicon.aspects,
                asking,
            )
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known[meant] = known
        return known

    def _weight(self, meant: str) -> float:
        """The rarity of a word."""
        general = -log(self.lexicon.share_of_texts(meant))
        here = log((self.size + 1) / (self.tally.meant.get(meant, 0) + 0.5)) if self.size else 0.0
        return max(0.05, (self.size * here + BACKGROUND * general) / (self.size + BACKGROUND))
