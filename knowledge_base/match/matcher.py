"""Finds the entries a question most likely asks for, in a snapshot that never changes.

A snapshot stands on parts: the first holds the entries it was built of, later ones what was added since;
what was removed or replaced is marked in a mask of the snapshot's own. The next snapshot shares the parts, so
readers of the old one notice nothing and an edit costs what it adds. Parts are put together when they get
many.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import itemgetter

import numpy as np

from knowledge_base.entry import Entry, EntryState
from knowledge_base.match.alignment import Near, Pair, pairs_of
from knowledge_base.match.index import Rarity, pieces
from knowledge_base.match.index_segment import IndexSegment, LiveIndexSegment
from knowledge_base.match.ranking import Glance, Likeness, Outline, compare
from knowledge_base.match.term_weights import BETWEEN, Tally, TermWeights, Wording
from knowledge_base.text.memo import Memo
from knowledge_base.text.normalise import normalise
from knowledge_base.words.lexicon import Lexicon, Reading, shipped_lexicon

CANDIDATES = 40
RANKED = 16
"""Wordings that are compared word by word."""
REPAIRED = 18
"""Characters of a typed text whose slips are put right: a longer one says enough in spite of them, and what
was put right in it changed nothing that was measured."""
REMEMBERED = 256
_ANY = "身份证丢了怎么补"
MIN_CHARS = 2
"""One character is never a question: 好, 1, T."""
PARTS = 8
REBUILT = 0.25
"""A change of more than this share of the entries builds everything anew."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """An entry with its best wording; `exact`: the same words, and no other entry claims them."""

    entry: Entry
    written: str
    score: float
    likeness: Likeness
    question: Wording
    wording: Wording
    exact: bool

    @property
    def same(self) -> bool:
        """Whether the question says what the wording says, word for word or by words of the same meaning."""
        return self.question.canonical == self.wording.canonical


Standing = tuple[float, LiveIndexSegment, int]
"""A wording by its number where it stands, and the cosine between it and the question."""


@dataclass(frozen=True)
class Match:
    """An entry that was found, with the wording that won and why."""

    candidate: Candidate
    near: Near = field(repr=False, compare=False)

    @property
    def entry(self) -> Entry:
        return self.candidate.entry

    @property
    def score(self) -> float:
        """0..1, 1 only for the same words."""
        return self.candidate.score

    @property
    def matched(self) -> str:
        """The wording that won, as it was written."""
        return self.candidate.written

    @cached_property
    def words(self) -> tuple[Pair, ...]:
        """Which words were found to belong together, and how, in the order of the question. Worked out when
        somebody wants to see it, which no citizen does."""
        return pairs_of(self.candidate.question, self.candidate.wording, self.near)

    @property
    def reason(self) -> str:
        """The same as one line to read."""
        return "same words" if self.candidate.exact else " · ".join(pair.line for pair in self.words)


@dataclass(frozen=True, eq=False)
class Snapshot:
    """An immutable index over the published entries of one moment.

    Remembers its last looks by the text asked (in memory only, gone with the snapshot).
    """

    lexicon: Lexicon
    _scales: TermWeights
    _stands: tuple[LiveIndexSegment, ...]
    _built: int
    _looks: Memo[tuple[str, bool], tuple[Candidate, ...]] = field(
        default_factory=lambda: Memo(REMEMBERED), repr=False
    )

    @classmethod
    def build(cls, entries: Iterable[Entry], lexicon: Lexicon | None = None) -> "Snapshot":
        """A snapshot of `entries`, with the shipped lexicon unless another is given; drafts and retired
        entries are left out."""
        lexicon = lexicon or shipped_lexicon()
        published = tuple(entry for entry in entries if entry.state is EntryState.PUBLISHED)
        tally = Tally()
        part = IndexSegment.build(published, lexicon, tally)
        rarity = Rarity(part.shelf, lexicon.vocabulary)
        scales = TermWeights(lexicon, rarity, tally, part.shelf.size)
        return cls(lexicon, scales, (part.standing(rarity),), part.size)

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Every entry, those changed last at the end."""
        return tuple(entry for stand in self._stands for entry in stand.entries())

    def entry(self, entry_id: str) -> Entry | None:
        """The entry with this id."""
        for stand in reversed(self._stands):
            found = stand.entry(entry_id)
            if found is not None:
                return found
        return None

    def with_changes(
        self, changed: Iterable[Entry], removed: Iterable[str] = (), *, lexicon: Lexicon | None = None
    ) -> "Snapshot":
        """The next snapshot: `changed` entries (new ones too) as they are now, without those `removed`. An
        entry that is not published any more is taken out. With another `lexicon` all of them are read anew.
        """
        latest = {entry.id: entry for entry in changed}
        gone = {*latest, *removed}
        added = tuple(entry for entry in latest.values() if entry.state is EntryState.PUBLISHED)
        stands = [stand.without(gone) for stand in self._stands]
        size = sum(stand.living for stand in stands)
        dead = sum(stand.part.size for stand in stands) - size
        if lexicon is not None or len(added) > REBUILT * self._built or dead > max(64, size):
            kept = [entry for stand in stands for entry in stand.entries()]
            return Snapshot.build([*kept, *added], lexicon or self.lexicon)
        if added:
            part = IndexSegment.build(added, self.lexicon, Tally())
            stands.append(part.standing(self._scales.rarity))
        return Snapshot(self.lexicon, self._scales, _tidied(stands), self._built)

    def match(
        self, text: str, limit: int = 3, *, speech: bool = False, least: float = 0.0
    ) -> tuple[Match, ...]:
        """The best entries for `text`, best first, each entry once; () when nothing in the text can be
        compared. `speech`: the text comes from a recogniser, so words of the same sound count. `least`:
        entries that score less are left out."""
        found = self.look(text, speech=speech)[:limit]
        return tuple(self.told(candidate) for candidate in found if candidate.score >= least)

    def look(self, text: str, *, speech: bool = False) -> tuple[Candidate, ...]:
        """The candidates for `text` with all that was measured, best first."""
        plain = normalise(text)
        return self._looks.get((plain, speech), lambda: self._find(plain, speech=speech))

    def warm(self) -> None:
        """Makes now what the first question would have to wait for."""
        self.look(_ANY, speech=True)

    def told(self, candidate: Candidate) -> Match:
        """A candidate as a match."""
        return Match(candidate, self.lexicon.near)

    def _find(self, plain: str, *, speech: bool) -> tuple[Candidate, ...]:
        if len(plain) < MIN_CHARS:
            return ()
        reading = self.lexicon.read(plain)
        near = self._nearest(reading)
        found = self._compared(plain, reading, near)
        understood = plain
        if speech or len(plain) <= REPAIRED:
            understood = self._scales.hearing.understand(plain, reading.words, speech=speech)
        if understood != plain:
            other = self.lexicon.read(understood)
            nearer = self._nearest(other)
            if speech or _top(nearer) > _top(near):
                best = {candidate.entry.id: candidate for candidate in found}
                for candidate in self._compared(understood, other, nearer):
                    known = best.get(candidate.entry.id)
                    if known is None or candidate.score > known.score:
                        best[candidate.entry.id] = candidate
                found = sorted(best.values(), key=_score, reverse=True)
        return tuple(found)

    def _nearest(self, reading: Reading) -> list[Standing]:
        """The wordings that share most with the question, best first."""
        codes = pieces((reading.canonical,))
        squares = np.array(self._scales.rarity.squares(codes.tolist()), np.float32)
        length = float(np.sqrt(squares.sum())) or 1.0
        nearest = [
            (score / length, stand, number)
            for stand in self._stands
            for score, number in stand.nearest(codes, squares, CANDIDATES)
        ]
        nearest.sort(key=itemgetter(0), reverse=True)
        return nearest[:CANDIDATES]

    def _compared(self, plain: str, reading: Reading, nearest: Sequence[Standing]) -> list[Candidate]:
        """The entries of these wordings, compared with the question word by word, best first."""
        if not nearest:
            return []
        question = self._scales.read(plain, reading)
        claims = {id_ for stand in self._stands for id_ in stand.claims(reading.canonical)}
        cuts = [stand.part.cuts[number] for _, stand, number in nearest]
        glances = Outline.of(plain, self._scales.rarity).glances(
            [cut.replace(BETWEEN, "") for cut in cuts],
            np.array([stand.raw_lengths[number] for _, stand, number in nearest], np.float32),
            [min(1.0, cosine) for cosine, _, _ in nearest],
        )
        seen = sorted(zip(glances, cuts, nearest, strict=True), key=_worth, reverse=True)
        best: dict[str, Candidate] = {}
        for near, cut, (_, stand, number) in seen[:RANKED]:
            entry, written = stand.part.wording(number)
            wording = self._scales.wording(cut)
            likeness = compare(question, wording, near, self.lexicon.near)
            exact = wording.canonical == question.canonical and claims == {entry.id}
            score = 1.0 if exact else likeness.score
            other = best.get(entry.id)
            if other is None or score > other.score:
                best[entry.id] = Candidate(entry, written, score, likeness, question, wording, exact)
        return sorted(best.values(), key=_score, reverse=True)


def _top(nearest: Sequence[Standing]) -> float:
    return nearest[0][0] if nearest else 0.0


def _score(candidate: Candidate) -> float:
    return candidate.score


def _worth(seen: tuple[Glance, str, Standing]) -> float:
    return seen[0].promise


def _tidied(stands: list[LiveIndexSegment]) -> tuple[LiveIndexSegment, ...]:
    """The same with the last parts put together while they are many, or the last is not much smaller than
    the one before it; the first part, the large one, is left alone."""
    while len(stands) > 2 and (len(stands) > PARTS or 2 * stands[-1].part.size > stands[-2].part.size):
        last = stands.pop()
        stands[-1] = stands[-1].joined(last)
    return tuple(stand for number, stand in enumerate(stands) if number == 0 or stand.living)
