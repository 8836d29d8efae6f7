"""An inverted index over every wording of every entry: which wordings share rare pieces of meaning with a
question.

Pieces are the characters of the canonical text, its pairs of neighbours (there are no spaces to cut Chinese
at, and a pair survives a typo beside it), and the canonical words the lexicon found. A piece weighs by how
few wordings have it, times a share of its kind: what a question is about counts more than how it asks. The
score of a wording is the cosine between its pieces and the question's, 0..1. A piece no wording has still
makes the question longer, so that a question about something else stays low.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from itertools import pairwise
from operator import itemgetter

from knowledge_base.lexicon import Kind, Lexicon, Reading

CHARACTER = 1.0
PAIR = 1.0
WEAK = 0.3
SLACK = 1e-9
"""So that rounding never leaves out what is just enough."""
WORD = {Kind.ASKING: 0.0, Kind.SIDE: 2.0, Kind.THING: 2.5, Kind.OTHER: 0.0}


@dataclass(frozen=True, slots=True)
class Index:
    """`vectors` has each wording's pieces with their weight, scaled to length 1; `postings` the wordings of a
    piece."""

    lexicon: Lexicon
    rarities: Mapping[str, float]
    unknown: float
    vectors: Sequence[Mapping[str, float]]
    postings: Mapping[str, tuple[tuple[int, float], ...]]

    @classmethod
    def build(cls, readings: Sequence[Reading], lexicon: Lexicon) -> "Index":
        found = [shares(reading, lexicon) for reading in readings]
        counts = Counter(piece for pieces in found for piece in pieces)
        size = len(readings)
        rarities = {piece: math.log(1 + size / count) for piece, count in counts.items()}
        vectors = [
            _unit({piece: share * rarities[piece] for piece, share in pieces.items()}) for pieces in found
        ]
        postings: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, vector in enumerate(vectors):
            for piece, weight in vector.items():
                postings[piece].append((number, weight))
        return cls(lexicon, rarities, math.log(1 + size), vectors, {p: tuple(n) for p, n in postings.items()})

    def nearest(
        self, reading: Reading, limit: int, needed: Sequence[float] | None = None
    ) -> list[tuple[int, float]]:
        """At most `limit` wordings that share a piece with the question, with their cosine.

        Half of all postings belong to pieces like 怎么 that hardly move a cosine: they are only looked up for
        the wordings that the others brought up (unless there are no others). `needed`: for each wording the
        least cosine of use to the caller; of the `limit` those that cannot reach theirs are left out.
        """
        unknown, rarities = self.unknown, self.rarities
        rarity, postings = rarities.get, self.postings.get
        faint_below = WEAK * unknown
        sums: defaultdict[int, float] = defaultdict(float)
        faint: list[tuple[str, float]] = []
        squares = faint_squares = 0.0
        for piece, share in shares(reading, self.lexicon).items():
            weight = share * rarity(piece, unknown)
            squares += weight * weight
            if weight < faint_below:
                faint.append((piece, weight))
                faint_squares += weight * weight
            else:
                for number, part in postings(piece, ()):
                    sums[number] += weight * part
        if faint and faint_squares == squares:
            for piece, weight in faint:
                for number, part in postings(piece, ()):
                    sums[number] += weight * part
            faint, faint_squares = [], 0.0
        length = math.sqrt(squares) or 1.0
        least = nlargest(limit, sums.values())[-1] if len(sums) > limit else 0.0
        if needed is None:
            best = [(number, total) for number, total in sums.items() if total >= least]
        else:
            # A wording is a vector of length 1: the faint pieces give it no more than their own length.
            more = math.sqrt(faint_squares) + SLACK
            best = [
                (number, total)
                for number, total in sums.items()
                if total >= least and total + more >= needed[number] * length
            ]
        best.sort(key=itemgetter(1), reverse=True)
        cosines: list[tuple[int, float]] = []
        for number, total in best[:limit]:
            vector = self.vectors[number]
            total += sum([vector[piece] * weight for piece, weight in faint if piece in vector])
            cosines.append((number, total / length))
        return cosines


def shares(reading: Reading, lexicon: Lexicon) -> dict[str, float]:
    """The pieces of a text, each with the share of its kind; a word is marked by a space, which no other
    piece has."""
    text, weak, kinds = reading.canonical, lexicon.weak, lexicon.kinds
    pieces = {character: WEAK * CHARACTER if character in weak else CHARACTER for character in text}
    for first, second in pairwise(text):
        pieces[first + second] = WEAK * PAIR if first in weak and second in weak else PAIR
    for word in reading.words:
        if share := WORD[kinds[word]]:
            pieces[f" {word}"] = share
    return pieces


def _unit(vector: Mapping[str, float]) -> dict[str, float]:
    length = math.sqrt(sum(weight * weight for weight in vector.values())) or 1.0
    return {piece: weight / length for piece, weight in vector.items()}
