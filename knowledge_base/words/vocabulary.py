"""How often words, characters and pairs of them are used in general, from the table `data/words.txt`.

What is rare in general says more than what is common, whatever a small knowledge base happens to hold; and
a text is cut into words by what is most likely. The table is small on purpose: a dictionary such as jieba's
costs 60 MB of memory.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from knowledge_base.text.gram import Codes, grams, neighbours
from knowledge_base.text.sound import sound
from knowledge_base.text.tables import table_lines

TOTAL = 60_101_967
"""Words the table was counted from."""
WORDS_OF_A_TEXT = 8
"""In how many places of a short text a word could stand: turns a share of words into a share of texts."""
RAREST = 1 / 200_000
"""The least share of texts; what the table does not know is as rare as that."""
_HEAD_BITS = np.uint64(8)
_HEAD_MASK = np.uint64(0xFF)
"""The number at the head of a line of the table: its words were counted 2 ** (head / 2) times."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`chances`: the logarithm of a word's share of all words. `codes` and `shares`: pieces (see `gram`) and
    the share of short texts that have them, the codes ascending; `single_*` the same of one character or
    syllable, to guess a pair that the table does not know."""

    chances: Mapping[str, float]
    codes: Codes
    shares: NDArray[np.float32]

    def share_of_texts(self, codes: Codes) -> NDArray[np.float32]:
        """For each piece the share of short texts that have it; a pair not in the table is guessed from its
        halves."""
        found = self._look_up(np.concatenate((codes, codes >> np.uint64(16), codes & np.uint64(0xFFFF))))
        known, first, second = found.reshape(3, -1)
        guessed = np.where(codes > 0xFFFF, first * second / WORDS_OF_A_TEXT, 0)
        return np.clip(np.maximum(known, guessed), RAREST, 1.0).astype(np.float32)

    def _look_up(self, codes: Codes) -> NDArray[np.float32]:
        at = np.searchsorted(self.codes, codes)
        at[at == len(self.codes)] = 0
        return np.where(self.codes[at] == codes, self.shares[at], np.float32(0))

    def word_share(self, word: str) -> float:
        """The share of short texts that have this word."""
        chance = self.chances.get(word)
        return RAREST if chance is None else min(1.0, max(RAREST, math.exp(chance) * WORDS_OF_A_TEXT))


@cache
def shipped_vocabulary() -> Vocabulary:
    chances: dict[str, float] = {}
    pieces: list[Codes] = []
    for line in table_lines("words.txt"):
        head, _, rest = line.partition(" ")
        words = rest.split(" ")
        chances.update(dict.fromkeys(words, math.log(2 ** (int(head) / 2) / TOTAL)))
        # The characters of longer words are counted with the characters.
        single = "".join(word for word in words if len(word) == 1)
        longer = "\n".join(word for word in words if len(word) > 1)
        for codes in (neighbours(longer), neighbours(sound(longer)), grams(single), grams(sound(single))):
            pieces.append((codes << _HEAD_BITS) | np.uint64(int(head)))
    return _summed(chances, np.concatenate(pieces))


def _summed(chances: Mapping[str, float], pieces: Codes) -> Vocabulary:
    """`pieces`: each with the head of its line behind it; sorted where they lie, as copies of them would stay
    in the memory of the process."""
    pieces.sort()
    codes = pieces >> _HEAD_BITS
    first = np.diff(codes, prepend=np.uint64(0xFFFF_FFFF_FFFF)) != 0
    sums = np.bincount(np.cumsum(first) - 1, weights=2 ** ((pieces & _HEAD_MASK) / 2))
    shares = np.minimum(1.0, sums / TOTAL * WORDS_OF_A_TEXT).astype(np.float32)
    return Vocabulary(chances, codes[first], shares)
