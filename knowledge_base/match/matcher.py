"""Finds the entries a question most likely asks for, in a snapshot that never changes.

A snapshot stands on parts: the first holds the entries it was built of, later ones what was added since;
what was removed or replaced is marked in a mask of the snapshot's own. The next snapshot shares the parts, so
readers of the old one notice nothing and an edit costs what it adds. Parts are put together when they get
many.

Where wordings have vectors and the caller gives that of the question, what is meant counts beside the words;
without it everything is as if there were none.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from typing import NamedTuple
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray

from knowledge_base.entry import Entry, EntryState
from knowledge_base.match.alignment import Near, Pair, pairs_of
from knowledge_base.match.index import Rarity
from knowledge_base.match.index_segment import IndexSegment, LiveIndexSegment, highest
from knowledge_base.match.ranking import Likeness, Outline, closeness_of, compare
from knowledge_base.match.term_weights import BETWEEN, Tally, TermWeights, Wording
from knowledge_base.meaning.encoder import Vector
from knowledge_base.meaning.wording_vectors import WordingVectors
from knowledge_base.text.memo import Memo
from knowledge_base.text.normalise import normalise
from knowledge_base.words.lexicon import Lexicon, Reading, shipped_lexicon
from knowledge_base.words.pinyin_typed import from_pinyin, may_be_pinyin

CANDIDATES = 40
"""Wordings that share most with a question, and as many that mean most alike."""
RANKED = 16
"""Wordings that are compared word by word."""
REPAIRED = 18
"""Characters of a typed text whose slips are put right: a longer one says enough in spite of them, and what
was put right in it changed nothing that was measured."""
REMEMBERED = 256
_ANY = "身份证丢了怎么补"
MIN_CHARS = 2
"""One character is never a question: 好, 1, T."""
CLOSEST = 0.03
"""Words of the same meaning are the same question unless another wording means closer by more than this."""
SEVERAL = 4
"""With so many wordings an entry is known by two of them, not by the one that happens to be nearest."""
BACKING = 0.5
"""How much the second wording of such an entry counts beside the best one."""
UNBACKED = 0.6
"""What the second is worth, as a share of the best, where no other wording of the entry came near."""
PARTS = 8
REBUILT = 0.25
"""A change of more than this share of the entries builds everything anew."""


class Candidate(NamedTuple):
    """An entry with its best wording; `exact`: the same words, or words of the same meaning unless another
    wording means closer, and no other entry claims them; `repaired`: the question was compared with wrong
    characters put right, which its vector does not know of; `second`: what the next best wording of the entry
    scores, 0 when none came near."""

    entry: Entry
    written: str
    score: float
    likeness: Likeness
    question: Wording
    wording: Wording
    exact: bool
    repaired: bool = False
    second: float = 0.0

    @property
    def several(self) -> bool:
        """Whether the entry has so many wordings that its second one says something."""
        return len(self.entry.wordings) >= SEVERAL

    @property
    def same(self) -> bool:
        """Whether the question says what the wording says, word for word or by words of the same meaning."""
        return self.question.canonical == self.wording.canonical


class Standing(NamedTuple):
    """A wording by its number where it stands, the cosine of the pieces between it and the question, and that
    of the vectors (None when the question has none)."""

    shared: float
    meant: float | None
    stand: LiveIndexSegment
    number: int


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
    def meaning(self) -> float | None:
        """How alike the two mean, 0..1; None when words alone were compared."""
        return self.candidate.likeness.closeness

    @property
    def reason(self) -> str:
        """The same as one line to read."""
        if self.candidate.exact:
            return "same words"
        lines = [pair.line for pair in self.words]
        if self.meaning is not None:
            lines.append(f"meaning {self.meaning:.2f}")
        return " · ".join(lines)


_held: "WeakValueDictionary[tuple[tuple[Entry, ...], int, int], Snapshot]" = WeakValueDictionary()
"""Snapshots that somebody holds, by entries, lexicon and vectors. They hold the latter two, so that no others
have their ids."""


@dataclass(frozen=True, eq=False)
class Snapshot:
    """An immutable index over the published entries of one moment.

    Remembers its last looks by the text asked (in memory only, gone with the snapshot).
    """

    lexicon: Lexicon
    _scales: TermWeights
    _stands: tuple[LiveIndexSegment, ...]
    _built: int
    vectors: WordingVectors | None = field(default=None, repr=False)
    _looks: Memo[tuple[str, bool, bool], tuple[Candidate, ...]] = field(
        default_factory=lambda: Memo(REMEMBERED), repr=False
    )

    @classmethod
    def build(
        cls,
        entries: Iterable[Entry],
        lexicon: Lexicon | None = None,
        *,
        vectors: WordingVectors | None = None,
    ) -> "Snapshot":
        """A snapshot of `entries`, with the shipped lexicon unless another is given; drafts and retired
        entries are left out. `vectors`: of wordings, of one engine; one that has none is found by its words.
        """
        lexicon = lexicon or shipped_lexicon()
        published = tuple(entry for entry in entries if entry.state is EntryState.PUBLISHED)
        tally = Tally()
        part = IndexSegment.build(published, lexicon, tally, vectors)
        rarity = Rarity(part.shelf, lexicon.vocabulary)
        scales = TermWeights(lexicon, rarity, tally, part.shelf.size)
        return cls(lexicon, scales, (part.standing(rarity),), part.size, vectors)

    @property
    def engine(self) -> str:
        """The name of the engine whose vectors the wordings have, "" for none."""
        return self.vectors.name if self.vectors else ""

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
        self,
        changed: Iterable[Entry],
        removed: Iterable[str] = (),
        *,
        lexicon: Lexicon | None = None,
        vectors: WordingVectors | None = None,
    ) -> "Snapshot":
        """The next snapshot: `changed` entries (new ones too) as they are now, without those `removed`. An
        entry that is not published any more is taken out. With another `lexicon` all of them are read anew.

        `vectors`: where those of the changed wordings are found from now on; None goes on with the same. With
        those of another engine all wordings are looked up anew.
        """
        vectors = vectors or self.vectors
        other = (vectors.name if vectors else "") != self.engine
        latest = {entry.id: entry for entry in changed}
        gone = {*latest, *removed}
        added = tuple(entry for entry in latest.values() if entry.state is EntryState.PUBLISHED)
        stands = [stand.without(gone) for stand in self._stands]
        size = sum(stand.living for stand in stands)
        dead = sum(stand.part.size for stand in stands) - size
        if lexicon is not None or other or len(added) > REBUILT * self._built or dead > max(64, size):
            kept = [entry for stand in stands for entry in stand.entries()]
            return _read_anew((*kept, *added), lexicon or self.lexicon, vectors)
        if added:
            part = IndexSegment.build(added, self.lexicon, Tally(), vectors)
            stands.append(part.standing(self._scales.rarity))
        return Snapshot(self.lexicon, self._scales, _tidied(stands), self._built, vectors)

    def match(
        self,
        text: str,
        limit: int = 3,
        *,
        speech: bool = False,
        least: float = 0.0,
        vector: Vector | None = None,
    ) -> tuple[Match, ...]:
        """The best entries for `text`, best first, each entry once; () when nothing in the text can be
        compared. `speech`: the text comes from a recogniser, so words of the same sound count. `least`:
        entries that score less are left out. `vector`: see `look`."""
        found = self.look(text, speech=speech, vector=vector)[:limit]
        return tuple(self.told(candidate) for candidate in found if candidate.score >= least)

    def look(self, text: str, *, speech: bool = False, vector: Vector | None = None) -> tuple[Candidate, ...]:
        """The candidates for `text` with all that was measured, best first. `vector`: of
        `sentence_of(text)`, encoded as a question by the engine of this snapshot, or None for words alone; a
        snapshot without vectors leaves it out."""
        plain = normalise(text)
        if not self.vectors:
            vector = None
        key = (plain, speech, vector is not None)
        return self._looks.get(key, lambda: self._find(plain, vector, speech=speech))

    def written(self, text: str) -> str:
        """`text` with what is typed in pinyin written out, by the words of these entries."""
        return from_pinyin(text, self._scales.hearing) if may_be_pinyin(text) else text

    def warm(self) -> None:
        """Makes now what the first question would have to wait for."""
        self.look(_ANY, speech=True)

    def told(self, candidate: Candidate) -> Match:
        """A candidate as a match."""
        return Match(candidate, self.lexicon.near)

    def _find(self, plain: str, vector: Vector | None, *, speech: bool) -> tuple[Candidate, ...]:
        if len(plain) < MIN_CHARS:
            return ()
        meant = None if vector is None else [stand.cosines(vector) for stand in self._stands]
        reading = self.lexicon.read(plain)
        outline = Outline.of(plain, reading.canonical, self._scales.rarity)
        near = self._nearest(outline, meant)
        found = self._compared(plain, reading, outline, near)
        understood = plain
        if speech or len(plain) <= REPAIRED:
            understood = self._scales.hearing.understand(plain, reading.words, speech=speech)
        if understood != plain:
            other = self.lexicon.read(understood)
            outline = Outline.of(understood, other.canonical, self._scales.rarity)
            nearer = self._nearest(outline, meant)
            if speech or _top(nearer) > _top(near):
                best = {candidate.entry.id: candidate for candidate in found}
                for candidate in self._compared(understood, other, outline, nearer, repaired=True):
                    known = best.get(candidate.entry.id)
                    if known is None or candidate.score > known.score:
                        best[candidate.entry.id] = candidate
                found = sorted(best.values(), key=_score, reverse=True)
        return tuple(found)

    def _nearest(self, question: Outline, meant: Sequence[Vector] | None) -> list[Standing]:
        """The wordings that share most with the question, best first; then those that mean most alike and are
        not among them."""
        length = question.length
        near: list[Standing] = []
        alike: list[Standing] = []
        for place, stand in enumerate(self._stands):
            shared = stand.scores(question.canonical, question.squares)
            cosines = None if meant is None else meant[place]
            near += _standings(stand, highest(shared, CANDIDATES), shared / length, cosines)
            if cosines is not None:
                alike += _standings(stand, highest(cosines, CANDIDATES), shared / length, cosines)
        near.sort(key=_shared, reverse=True)
        found = near[:CANDIDATES]
        if alike:
            alike.sort(key=_meant, reverse=True)
            there = {(id(each.stand), each.number) for each in found}
            found += [each for each in alike[:CANDIDATES] if (id(each.stand), each.number) not in there]
        return found

    def _compared(
        self,
        plain: str,
        reading: Reading,
        outline: Outline,
        nearest: Sequence[Standing],
        *,
        repaired: bool = False,
    ) -> list[Candidate]:
        """The entries of these wordings, compared with the question word by word, best first."""
        if not nearest:
            return []
        question = self._scales.read(plain, reading)
        claims = {id_ for stand in self._stands for id_ in stand.claims(reading.canonical)}
        cuts = [each.stand.part.cuts[each.number] for each in nearest]
        meant = [each.meant for each in nearest if each.meant is not None]
        glances = outline.glances(
            [cut.replace(BETWEEN, "") for cut in cuts],
            np.array([each.stand.raw_lengths[each.number] for each in nearest], np.float32),
            [min(1.0, each.shared) for each in nearest],
            meant or None,
            RANKED,
        )
        least = (closeness_of(max(meant)) if meant else 0.0) - CLOSEST
        best: dict[str, _Best] = {}
        for at, near in glances:
            stand, number, cut = nearest[at].stand, nearest[at].number, cuts[at]
            entry, written = stand.part.wording(number)
            wording = self._scales.wording(cut)
            likeness = compare(question, wording, near, self.lexicon.near)
            exact = (
                wording.canonical == question.canonical
                and claims == {entry.id}
                and (cut.replace(BETWEEN, "") == plain or (likeness.closeness or 0.0) >= least)
            )
            score = 1.0 if exact else likeness.score
            other = best.get(entry.id)
            if other is None or score > other.score:
                second = other.score if other else 0.0
                best[entry.id] = _Best(score, second, entry, written, likeness, wording, exact)
            elif score > other.second:
                best[entry.id] = other._replace(second=score)
        return sorted(
            [each.candidate(question, backed=bool(meant), repaired=repaired) for each in best.values()],
            key=_score,
            reverse=True,
        )


class _Best(NamedTuple):
    """The best wording of an entry so far; see `Candidate`."""

    score: float
    second: float
    entry: Entry
    written: str
    likeness: Likeness
    wording: Wording
    exact: bool

    def candidate(self, question: Wording, *, backed: bool, repaired: bool) -> Candidate:
        """`backed`: its score is weighed with that of its second wording, where that says something."""
        score = self.score
        if backed and not self.exact and len(self.entry.wordings) >= SEVERAL:
            score = (score + BACKING * (self.second or UNBACKED * score)) / (1 + BACKING)
        return Candidate(
            self.entry,
            self.written,
            score,
            self.likeness,
            question,
            self.wording,
            self.exact,
            repaired,
            self.second,
        )


def _standings(
    stand: LiveIndexSegment, numbers: NDArray[np.intp], shared: NDArray[np.float64], cosines: Vector | None
) -> list[Standing]:
    meant = [None] * len(numbers) if cosines is None else cosines[numbers].tolist()
    return [
        Standing(score, cosine, stand, number)
        for score, cosine, number in zip(shared[numbers].tolist(), meant, numbers.tolist(), strict=True)
    ]


_shared = attrgetter("shared")
_meant = attrgetter("meant")


def _top(nearest: Sequence[Standing]) -> float:
    return nearest[0].shared if nearest else 0.0


def _score(candidate: Candidate) -> float:
    return candidate.score


def _read_anew(entries: tuple[Entry, ...], lexicon: Lexicon, vectors: WordingVectors | None) -> Snapshot:
    """Words are tried, judged and then taken: the entries are read with them once."""
    key = entries, id(lexicon), id(vectors)
    found = _held.get(key)
    if found is None:
        found = _held[key] = Snapshot.build(entries, lexicon, vectors=vectors)
    return found


def _tidied(stands: list[LiveIndexSegment]) -> tuple[LiveIndexSegment, ...]:
    """The same with the last parts put together while they are many, or the last is not much smaller than
    the one before it; the first part, the large one, is left alone."""
    while len(stands) > 2 and (len(stands) > PARTS or 2 * stands[-1].part.size > stands[-2].part.size):
        last = stands.pop()
        stands[-1] = stands[-1].joined(last)
    return tuple(stand for number, stand in enumerate(stands) if number == 0 or stand.living)
