"""Finds the word that a piece of text is without one of its characters: 份证 is 身份证.

Some fifty thousand pieces are known; as sorted hashes they take a tenth of the memory of a table of texts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SHORTEST, LONGEST = 3, 6
"""How long the whole words are: a word of two characters without one of them may be any other."""


@dataclass(frozen=True, slots=True, eq=False)
class DeletionIndex:
    """`hashes`: of what is left of a word without one of its characters, ascending; `owners`: the place in
    `words` of the word each is left of."""

    words: tuple[str, ...]
    hashes: NDArray[np.int64]
    owners: NDArray[np.int32]

    @classmethod
    def of(cls, words: Iterable[str]) -> "DeletionIndex":
        """Of these words; the first of several that leave the same counts."""
        whole = tuple(word for word in words if SHORTEST <= len(word) <= LONGEST and not word.isascii())
        hashes = [hash(_without(word, at)) for word in whole for at in range(len(word))]
        owners = np.repeat(np.arange(len(whole), dtype=np.int32), [len(word) for word in whole])
        ordered, first = np.unique(np.array(hashes, np.int64), return_index=True)
        return cls(whole, ordered, owners[first])

    def within(self, text: str) -> Mapping[int, Sequence[tuple[int, str]]]:
        """By where a piece of `text` begins: where it ends, and the word it is without a character."""
        spans = [
            (at, end)
            for at in range(len(text) - 1)
            for end in range(at + SHORTEST - 1, min(len(text), at + LONGEST - 1) + 1)
        ]
        if not spans or not len(self.hashes):
            return {}
        asked = np.array([hash(text[at:end]) for at, end in spans], np.int64)
        places = np.searchsorted(self.hashes, asked)
        places[places == len(self.hashes)] = 0
        found: dict[int, list[tuple[int, str]]] = {}
        for number in np.flatnonzero(self.hashes[places] == asked).tolist():
            at, end = spans[number]
            word, piece = self.words[self.owners[places[number]]], text[at:end]
            if any(_without(word, place) == piece for place in range(len(word))):  # hashes may be equal
                found.setdefault(at, []).append((end, word))
        return found


def _without(word: str, at: int) -> str:
    return word[:at] + word[at + 1 :]
