"""Some entries with the index over their wordings: built once, shared by the snapshots that stand on it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge_base.entry import Entry
from knowledge_base.match.index import Numbers, PostingLists, Rarity, Weights
from knowledge_base.match.term_weights import BETWEEN, Tally
from knowledge_base.meaning.encoder import Vector, Vectors
from knowledge_base.meaning.wording_vectors import WordingVectors
from knowledge_base.text.gram import Codes
from knowledge_base.text.normalise import normalise
from knowledge_base.words.lexicon import Lexicon

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class IndexSegment:
    """`owners`: for each wording the place of its entry, `turns`: which of the entry's wordings it is (0: the
    question), `cuts`: its words as they are said, with `BETWEEN` between them; `hashes`: of each wording's
    canonical text, ascending, `hashed` the wordings in that order. `vectors`: one of each wording, of nought
    where there is none; None when no wording has one."""

    entries: tuple[Entry, ...]
    places: Mapping[str, int]
    owners: Numbers
    turns: Numbers
    cuts: tuple[str, ...]
    hashes: NDArray[np.int64]
    hashed: Numbers
    shelf: PostingLists
    vectors: Vectors | None = None

    @classmethod
    def build(
        cls,
        entries: tuple[Entry, ...],
        lexicon: Lexicon,
        tally: Tally,
        vectors: WordingVectors | None = None,
    ) -> "IndexSegment":
        """The part of `entries`; `tally` learns in how many wordings each word stands."""
        owners: list[int] = []
        turns: list[int] = []
        hashes: list[int] = []
        cuts: list[str] = []
        canonical: list[str] = []
        wordings: list[str] = []
        for place, entry in enumerate(entries):
            for turn, written in enumerate(entry.wordings):
                cut = lexicon.cut(normalise(written))
                reading = lexicon.meant(cut)
                if reading.canonical:
                    owners.append(place)
                    turns.append(turn)
                    cuts.append(BETWEEN.join(cut))
                    hashes.append(hash(reading.canonical))
                    canonical.append(reading.canonical)
                    wordings.append(written)
                    tally.add(reading.words)
        ordered = np.argsort(np.array(hashes, np.int64), kind="stable").astype(np.int32)
        return cls(
            entries,
            {entry.id: place for place, entry in enumerate(entries)},
            np.array(owners, np.int32),
            np.array(turns, np.int32),
            tuple(cuts),
            np.array(hashes, np.int64)[ordered],
            ordered,
            PostingLists.build(canonical),
            vectors.vectors(wordings) if vectors else None,
        )

    @property
    def size(self) -> int:
        return len(self.entries)

    def hashes_of(self, mask: Mask) -> NDArray[np.int64]:
        """The hashes of the wordings in `mask`, in the order of the wordings."""
        by_wording = np.empty(len(self.hashes), np.int64)
        by_wording[self.hashed] = self.hashes
        return by_wording[mask]

    def standing(self, rarity: Rarity) -> "LiveIndexSegment":
        """This part with everything alive."""
        return LiveIndexSegment(
            self,
            self.shelf.lengths(rarity),
            rarity.lengths([cut.replace(BETWEEN, "") for cut in self.cuts]),
            np.ones(self.size, np.bool_),
            self.size,
        )

    def wording(self, number: int) -> tuple[Entry, str]:
        """The entry of a wording, and the wording as it was written."""
        entry, turn = self.entries[self.owners[number]], self.turns[number]
        return entry, entry.wordings[turn]


@dataclass(frozen=True, slots=True, eq=False)
class LiveIndexSegment:
    """A part as one snapshot sees it: `lengths` of its wordings as vectors of rarities, of their canonical
    texts and of them as they were written; `alive` says which entries are still in it."""

    part: IndexSegment
    lengths: Weights
    raw_lengths: Weights
    alive: Mask
    living: int

    def entries(self) -> Iterator[Entry]:
        """The entries that are alive."""
        if self.living == self.part.size:
            return iter(self.part.entries)
        return (entry for entry, alive in zip(self.part.entries, self.alive.tolist(), strict=True) if alive)

    def entry(self, entry_id: str) -> Entry | None:
        place = self.part.places.get(entry_id)
        return None if place is None or not self.alive[place] else self.part.entries[place]

    def without(self, ids: set[str]) -> "LiveIndexSegment":
        """The same without these entries."""
        places = [
            place
            for entry_id in ids
            if (place := self.part.places.get(entry_id)) is not None and self.alive[place]
        ]
        if not places:
            return self
        alive = self.alive.copy()
        alive[places] = False
        return replace(self, alive=alive, living=self.living - len(places))

    def joined(self, other: "LiveIndexSegment") -> "LiveIndexSegment":
        """One part of what is alive in both."""
        both = (self, other)
        masks = [stand.alive[stand.part.owners] for stand in both]
        entries = tuple(entry for stand in both for entry in stand.entries())
        places = [
            np.cumsum(stand.alive, dtype=np.int32) - 1 + before
            for stand, before in zip(both, (0, self.living), strict=True)
        ]
        owners = [
            place[stand.part.owners[mask]] for stand, mask, place in zip(both, masks, places, strict=True)
        ]
        hashes = np.concatenate([stand.part.hashes_of(mask) for stand, mask in zip(both, masks, strict=True)])
        ordered = np.argsort(hashes, kind="stable").astype(np.int32)
        part = IndexSegment(
            entries,
            {entry.id: place for place, entry in enumerate(entries)},
            np.concatenate(owners),
            np.concatenate([stand.part.turns[mask] for stand, mask in zip(both, masks, strict=True)]),
            tuple(
                cut
                for stand, mask in zip(both, masks, strict=True)
                for cut, kept in zip(stand.part.cuts, mask.tolist(), strict=True)
                if kept
            ),
            hashes[ordered],
            ordered,
            self.part.shelf.merged(masks[0], [(other.part.shelf, masks[1])]),
            None
            if self.part.vectors is None or other.part.vectors is None
            else np.concatenate((self.part.vectors[masks[0]], other.part.vectors[masks[1]])),
        )
        lengths = np.concatenate([stand.lengths[mask] for stand, mask in zip(both, masks, strict=True)])
        raw = np.concatenate([stand.raw_lengths[mask] for stand, mask in zip(both, masks, strict=True)])
        return LiveIndexSegment(part, lengths, raw, np.ones(part.size, np.bool_), part.size)

    def claims(self, canonical: str) -> Iterator[str]:
        """The ids of the living entries that have a wording of this meaning."""
        part, wanted = self.part, hash(canonical)
        at = int(np.searchsorted(part.hashes, wanted))
        while at < len(part.hashes) and part.hashes[at] == wanted:
            owner = part.owners[part.hashed[at]]
            if self.alive[owner]:
                yield part.entries[owner].id
            at += 1

    def scores(self, codes: Codes, squares: Weights) -> NDArray[np.float64]:
        """For each wording the sum of the squared rarities of the pieces it shares, by its length; 0 for one
        that is gone."""
        part = self.part
        scores: NDArray[np.float64] = part.shelf.scores(codes, squares) / self.lengths
        if self.living < part.size:
            scores[~self.alive[part.owners]] = 0.0
        return scores

    def cosines(self, vector: Vector) -> Vector:
        """For each wording the cosine to this vector; 0 for one that has none or is gone."""
        part = self.part
        if part.vectors is None:
            return np.zeros(part.shelf.size, np.float32)
        # Not `@`: it wakes a thread on every core for each question, and waits for them on a busy machine.
        cosines: Vector = np.vecdot(part.vectors, vector)
        if self.living < part.size:
            cosines[~self.alive[part.owners]] = 0.0
        return cosines


def highest(scores: NDArray[np.floating[Any]], limit: int) -> NDArray[np.intp]:
    """The places of the `limit` highest scores above 0, in no order.

    Only what comes near the best is partitioned: an array of mostly equal low scores, as a large catalogue
    gives, is the worst case of a quick select.
    """
    high = np.empty(0, np.intp)
    best = scores.max(initial=0.0)
    for share in (0.6, 0.4, 0.2, 0.0):
        high = np.flatnonzero(scores > share * best)
        if len(high) > limit:
            return high[np.argpartition(scores[high], -limit)[-limit:]]
    return high
