"""What a knowledge base without a matcher of its own would use, to compare with.

rapidfuzz over the wordings (its `extractOne` with `WRatio` is the usual first try) and BM25 over the words
jieba cuts. Each ranks entries by its best wording. BM25: Robertson and Zaragoza, The Probabilistic Relevance
Framework, 2009, k1 = 1.5, b = 0.75.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial

import jieba
import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process

from knowledge_base.entry import Entry

Scorer = Callable[..., float]
Ranked = list[tuple[str, float]]
"""Entry ids with their scores, best first."""

_K1, _B = 1.5, 0.75
_WORDINGS_PER_ENTRY = 8


class Alike:
    """`rapidfuzz.process.extract` over every wording."""

    def __init__(self, entries: Sequence[Entry], scorer: Scorer) -> None:
        self._scorer = scorer
        self._owners, self._wordings = _wordings(entries)

    def rank(self, text: str, limit: int) -> Ranked:
        """The best `limit` entries; scores 0..1."""
        found = process.extract(text, self._wordings, scorer=self._scorer, limit=limit * _WORDINGS_PER_ENTRY)
        return _best(((self._owners[place], score / 100) for _, score, place in found), limit)

    def first(self, text: str) -> str:
        """The id of the best entry, by `extractOne`."""
        _, _, place = process.extractOne(text, self._wordings, scorer=self._scorer)
        return self._owners[place]


class Bm25:
    """BM25 over jieba's words."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._owners, wordings = _wordings(entries)
        _quiet_jieba()
        documents = [Counter(_words(wording)) for wording in wordings]
        lengths = np.array([sum(words.values()) for words in documents], dtype=np.float32)
        self._size, usual = len(documents), float(lengths.mean()) if documents else 1.0
        found: dict[str, list[tuple[int, int]]] = {}
        for number, words in enumerate(documents):
            for word, count in words.items():
                found.setdefault(word, []).append((number, count))
        self._postings: dict[str, tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]] = {}
        for word, places in found.items():
            numbers = np.array([number for number, _ in places], dtype=np.int32)
            times = np.array([count for _, count in places], dtype=np.float32)
            rarity = np.log(1 + (self._size - len(places) + 0.5) / (len(places) + 0.5))
            norm = _K1 * (1 - _B + _B * lengths[numbers] / usual)
            self._postings[word] = numbers, rarity * times * (_K1 + 1) / (times + norm)

    def rank(self, text: str, limit: int) -> Ranked:
        """The best `limit` entries; scores are sums without a bound."""
        sums = np.zeros(self._size, dtype=np.float32)
        for word in _words(text):
            if word in self._postings:
                numbers, weights = self._postings[word]
                sums[numbers] += weights
        most = min(limit * _WORDINGS_PER_ENTRY, self._size)
        places = np.argpartition(-sums, most - 1)[:most] if most else np.array([], dtype=np.int64)
        places = places[np.argsort(-sums[places], kind="stable")]
        return _best(
            ((self._owners[place], float(sums[place])) for place in places if sums[place] > 0), limit
        )

    def first(self, text: str) -> str | None:
        """The id of the best entry; None when no word is shared."""
        ranked = self.rank(text, 1)
        return ranked[0][0] if ranked else None


BASELINES: Mapping[str, Callable[[Sequence[Entry]], Alike | Bm25]] = {
    "ratio": partial(Alike, scorer=fuzz.ratio),
    "WRatio": partial(Alike, scorer=fuzz.WRatio),
    "BM25": Bm25,
}
"""Each by its name: rapidfuzz's two scorers, and BM25 over jieba's words."""


def _wordings(entries: Sequence[Entry]) -> tuple[list[str], list[str]]:
    pairs = [(entry.id, wording) for entry in entries for wording in (entry.question, *entry.variants)]
    return [id for id, _ in pairs], [wording for _, wording in pairs]


def _best(found: Iterable[tuple[str, float]], limit: int) -> Ranked:
    best: dict[str, float] = {}
    for id, score in found:  # best first: the first of an entry is its best
        best.setdefault(id, score)
        if len(best) == limit:
            break
    return list(best.items())


def _words(text: str) -> list[str]:
    return [word for word in jieba.lcut(text) if word.strip()]


@cache
def _quiet_jieba() -> None:
    jieba.setLogLevel(logging.WARNING)
    jieba.initialize()
