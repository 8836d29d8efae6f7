"""An inverted index over the pieces of many texts (see `gram`): which of them share rare pieces with a
question.

A shelf is built once and never changed; what is added later stands on further shelves, what is removed is
marked by the reader (`matcher.Snapshot`). Three arrays: the different pieces ascending, where each one's list
begins, and the numbers of the texts that have it. The score of a text is the cosine between its pieces and
the question's, each weighing by its rarity, 0..1. How often a text has a piece does not matter: questions are
short.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from knowledge_base.text.gram import CODE_BITS, CODE_MASK, Codes, distinct, pairs_of, singles_and_pairs_of
from knowledge_base.text.sound import sound
from knowledge_base.words.vocabulary import Vocabulary

Numbers = NDArray[np.int32]
Weights = NDArray[np.float32]

BACKGROUND = 2000
"""How many texts in general stand beside those of the knowledge base when rarity is judged: a small one says
little about what is rare."""
REMEMBERED = 100_000
BUDGET = 200_000
"""How many list places a question may look at; the most common pieces beyond them are left out."""
LEAST = np.float32(0.05)
AT_ONCE = 4096
"""How many texts are taken apart in one go: bounds the memory that building takes."""


def pieces(canonical: Sequence[str]) -> Codes:
    """The different pieces of each of these texts: characters and pairs of their canonical words, pairs of
    syllables. Ascending, each with the number of its text from the bit `CODE_BITS` on."""
    spoken = sound("\n".join(canonical)).split("\n")
    return distinct(np.concatenate((singles_and_pairs_of(canonical), pairs_of(spoken))))


def raw_pieces(plain: Sequence[str]) -> Codes:
    """The same of texts as they were written: characters and pairs of them."""
    return distinct(singles_and_pairs_of(plain))


@dataclass(frozen=True, slots=True, eq=False)
class PostingLists:
    """The lists of the texts `0 … size - 1`."""

    codes: Codes
    starts: NDArray[np.int64]
    texts: Numbers
    size: int

    @classmethod
    def build(cls, canonical: Sequence[str]) -> "PostingLists":
        """A shelf of these texts."""
        keys = [np.empty(0, np.uint64)]
        for begin in range(0, len(canonical), AT_ONCE):
            found = pieces(canonical[begin : begin + AT_ONCE])
            keys.append((found << CODE_BITS) | ((found >> CODE_BITS) + np.uint64(begin)))
        ordered = np.concatenate(keys)
        del keys
        ordered.sort()
        return cls._of(ordered, len(canonical))

    @classmethod
    def _of(cls, ordered: Codes, size: int) -> "PostingLists":
        texts = (ordered & CODE_MASK).astype(np.int32)
        ordered >>= CODE_BITS
        first = np.flatnonzero(np.diff(ordered, prepend=np.uint64(0xFFFF_FFFF_FFFF)))
        return cls(ordered[first], np.append(first, len(texts)), texts, size)

    def merged(
        self, kept: NDArray[np.bool_], others: Sequence[tuple["PostingLists", NDArray[np.bool_]]]
    ) -> "PostingLists":
        """One shelf of the texts that are `kept` of this one and of `others`, numbered in that order."""
        parts, size = [], 0
        for shelf, mask in ((self, kept), *others):
            numbers = np.cumsum(mask, dtype=np.int64) - 1 + size
            codes = np.repeat(shelf.codes, np.diff(shelf.starts))
            stay = mask[shelf.texts]
            parts.append((codes[stay] << CODE_BITS) | numbers[shelf.texts[stay]].astype(np.uint64))
            size += int(mask.sum())
        ordered = np.concatenate(parts)
        ordered.sort()
        return self._of(ordered, size)

    def counts(self, codes: Codes) -> NDArray[np.int64]:
        """In how many texts each piece stands."""
        begins, ends = self._lists(codes)
        return ends - begins

    def _lists(self, codes: Codes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        if not len(self.codes):
            nothing = np.zeros(len(codes), np.int64)
            return nothing, nothing
        at = np.searchsorted(self.codes, codes)
        at[at == len(self.codes)] = 0
        known = self.codes[at] == codes
        begins = np.where(known, self.starts[at], 0)
        return begins, np.where(known, self.starts[at + 1], 0)

    def lengths(self, rarity: "Rarity") -> Weights:
        """The length of each text as a vector of rarities."""
        squares = rarity.of(self.codes) ** 2
        weights = np.repeat(squares, np.diff(self.starts))
        sums = np.bincount(self.texts, weights=weights, minlength=self.size)
        return np.maximum(1e-6, np.sqrt(sums)).astype(np.float32)

    def scores(self, codes: Codes, squares: Weights) -> NDArray[np.float64]:
        """For each text the sum of the squared rarities of the pieces it shares."""
        begins, ends = self._lists(codes)
        found = np.flatnonzero(ends > begins)
        if not len(found):
            return np.zeros(self.size)
        sizes = ends[found] - begins[found]
        if sizes.sum() > BUDGET:
            order = np.argsort(sizes)
            order = order[: max(1, int(np.searchsorted(np.cumsum(sizes[order]), BUDGET)))]
            found, sizes = found[order], sizes[order]
        begin, end = begins[found].tolist(), ends[found].tolist()
        texts = np.concatenate([self.texts[b:e] for b, e in zip(begin, end, strict=True)])
        weights = np.repeat(squares[found], sizes)
        sums = np.bincount(texts, weights=weights, minlength=self.size)
        return sums.astype(np.float64, copy=False)


@dataclass(frozen=True, slots=True, eq=False)
class Rarity:
    """How much a piece says: the logarithm of how few texts have it, of the knowledge base and of Chinese in
    general, the latter counting as `BACKGROUND` texts.

    Counted over the first shelf, so that a later one changes nothing for who reads now.
    """

    shelf: PostingLists
    vocabulary: Vocabulary
    _squares: dict[int, float] = field(default_factory=dict, repr=False)

    def squares(self, codes: list[int]) -> list[float]:
        """The squared rarity of each piece; remembers what it was asked. Threads may share it."""
        known = self._squares
        asked = [known.get(code) for code in codes]
        new = [code for code, square in zip(codes, asked, strict=True) if square is None]
        if not new:
            return asked  # type: ignore[return-value]  # none is None
        squares = (self.of(np.array(new, np.uint64)) ** 2).tolist()
        found: dict[int, float] = dict(zip(new, squares, strict=True))
        if len(known) > REMEMBERED:
            known.clear()
        known.update(found)
        return [found[code] if square is None else square for code, square in zip(codes, asked, strict=True)]

    def lengths(self, plain: Sequence[str]) -> Weights:
        """The length of each of these texts, as they were written, as a vector of rarities."""
        found: list[NDArray[np.float64]] = [np.empty(0)]
        for begin in range(0, len(plain), AT_ONCE):
            texts = plain[begin : begin + AT_ONCE]
            keys = raw_pieces(texts)
            codes, places = np.unique(keys & CODE_MASK, return_inverse=True)
            squares = (self.of(codes) ** 2)[places]
            sums = np.bincount((keys >> CODE_BITS).astype(np.int64), squares, len(texts))
            found.append(sums.astype(np.float64, copy=False))
        return np.maximum(1e-6, np.sqrt(np.concatenate(found))).astype(np.float32)

    def of(self, codes: Codes) -> Weights:
        """The rarity of each piece."""
        size = self.shelf.size
        general = -np.log(self.vocabulary.share_of_texts(codes))
        if not size:
            return general.astype(np.float32)
        here = np.log((size + 1) / (self.shelf.counts(codes) + 0.5))
        both: Weights = ((size * here + BACKGROUND * general) / (size + BACKGROUND)).astype(np.float32)
        return np.maximum(LEAST, both)
