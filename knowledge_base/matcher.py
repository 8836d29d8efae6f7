"""Finds the entries a question most likely asks for (matcher v1).

Two looks at the same words: how many rare pieces of meaning they share (`index`), and how alike they sound
(`rapidfuzz.fuzz.ratio` over syllables), which forgives homophones and small slips. A score orders entries; it
is not a probability and nothing here decides whether to answer (that is `answer`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from heapq import nlargest
from operator import itemgetter
from typing import Protocol

from rapidfuzz import fuzz

from knowledge_base.entry import Entry, EntryState
from knowledge_base.index import Index
from knowledge_base.lexicon import Kind, Lexicon, shipped_lexicon
from knowledge_base.sound import sound
from knowledge_base.text import MAX_CHARS, normalise

CANDIDATES = 16
COSINE_SHARE = 0.65
OTHER_THING = 0.2
OTHER_SIDE = 0.2
BARE = 0.5
"""The most a question can score that only names a thing several entries are about (护照, 我要投诉): which of
them is asked for is open."""
REMEMBERED = 1024
LENGTHS = 128
MIN_CHARS = 2
"""One character is never a question: 好, 1, T."""


@dataclass(frozen=True, slots=True)
class Match:
    """`score` is 0..1, 1 only for the same words; `matched` is the wording that won, as it was written;
    `reason` says in English how it was found, for staff who try a question."""

    entry: Entry
    score: float
    matched: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Wording:
    entry: Entry
    written: str
    sound: str
    things: frozenset[str]
    sides: frozenset[str]


class _Find(Protocol):
    def __call__(self, text: str, limit: int, least: float) -> tuple[Match, ...]: ...


class _Need(Protocol):
    def __call__(self, length: int, least: float) -> tuple[float, ...]: ...


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """An immutable index over the published entries of one moment; build a new one when an entry changed.

    Remembers its last answers by the text asked (in memory only, gone with the snapshot).
    """

    entries: tuple[Entry, ...]
    lexicon: Lexicon
    _wordings: tuple[_Wording, ...]
    _index: Index
    _exact: dict[str, int]
    _shared: frozenset[str]
    _remembered: _Find = field(init=False, repr=False)
    _needed: _Need = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_remembered", lru_cache(maxsize=REMEMBERED)(self._find))
        object.__setattr__(self, "_needed", lru_cache(maxsize=LENGTHS)(self._cosines_needed))

    @classmethod
    def build(cls, entries: Iterable[Entry], lexicon: Lexicon | None = None) -> "Snapshot":
        """A snapshot of `entries`, with the shipped lexicon unless another is given; drafts and retired
        entries are left out."""
        lexicon = lexicon or shipped_lexicon()
        published = tuple(entry for entry in entries if entry.state is EntryState.PUBLISHED)
        read = [
            (entry, written, reading)
            for entry in published
            for written in (entry.question, *entry.variants)
            if (reading := lexicon.read(normalise(written))).canonical
        ]
        wordings = tuple(
            _Wording(
                entry,
                written,
                sound(reading.canonical),
                lexicon.of_kind(reading, Kind.THING),
                lexicon.of_kind(reading, Kind.SIDE),
            )
            for entry, written, reading in read
        )
        index = Index.build([reading for *_, reading in read], lexicon)
        owners: dict[str, set[str]] = {}
        for entry, _, reading in read:
            owners.setdefault(reading.canonical, set()).add(entry.id)
        # Words that two entries claim are certain for neither.
        exact = {r.canonical: number for number, (*_, r) in enumerate(read) if len(owners[r.canonical]) == 1}
        about: dict[str, set[str]] = {}
        for wording in wordings:
            for thing in wording.things:
                about.setdefault(thing, set()).add(wording.entry.id)
        shared = frozenset(thing for thing, ids in about.items() if len(ids) > 1)
        return cls(published, lexicon, wordings, index, exact, shared)

    def match(self, text: str, limit: int = 3, *, least: float = 0.0) -> tuple[Match, ...]:
        """The best entries for `text`, best first, each entry once; () when nothing in the text can be
        compared. `least`: entries that score less are left out, and most of the work with them."""
        return self._remembered(text[:MAX_CHARS], limit, least)

    def _find(self, text: str, limit: int, least: float) -> tuple[Match, ...]:
        plain = normalise(text)
        if len(plain) < MIN_CHARS:
            return ()
        reading = self.lexicon.read(plain)
        spoken = sound(reading.canonical)
        same = self._exact.get(reading.canonical)
        needed = None if same is not None else self._needed(len(spoken), least)
        near = self._index.nearest(reading, CANDIDATES, needed)
        if not near:
            return ()
        things = self.lexicon.of_kind(reading, Kind.THING)
        sides = self.lexicon.of_kind(reading, Kind.SIDE)
        bare = "".join(character for character in reading.canonical if character not in self.lexicon.weak)
        most = BARE if bare in self._shared else 0.999
        best: dict[str, tuple[float, int]] = {}
        for number, cosine in near:
            wording = self._wordings[number]
            ratio = fuzz.ratio(spoken, wording.sound) / 100
            score = COSINE_SHARE * cosine + (1 - COSINE_SHARE) * ratio
            score *= (
                1 - OTHER_THING * _unlike(things, wording.things) - OTHER_SIDE * _unlike(sides, wording.sides)
            )
            score = 1.0 if number == same else min(score, most)
            if score > best.get(wording.entry.id, (0.0, 0))[0]:
                best[wording.entry.id] = (score, number)
        ranked = nlargest(limit, best.values(), key=itemgetter(0))
        return tuple(
            self._told(score, number, exact=number == same) for score, number in ranked if score >= least
        )

    def _cosines_needed(self, length: int, least: float) -> tuple[float, ...]:
        """For each wording the cosine without which no question of `length` syllables scores `least`: at
        best the shorter of the two stands whole in the longer one."""
        at_best = (
            2 * min(length, len(wording.sound)) / (length + len(wording.sound)) for wording in self._wordings
        )
        return tuple((least - (1 - COSINE_SHARE) * ratio) / COSINE_SHARE for ratio in at_best)

    def _told(self, score: float, number: int, *, exact: bool) -> Match:
        wording = self._wordings[number]
        reason = "same words" if exact else f"alike in words and sound ({score:.2f})"
        return Match(wording.entry, score, wording.written, reason)


def _unlike(asked: frozenset[str], worded: frozenset[str]) -> float:
    """The share of words that only one of the two has; 0 when neither has any."""
    if not asked and not worded:
        return 0.0
    both = len(asked & worded)
    return 1 - both / (len(asked) + len(worded) - both)
