"""The knowledge base as the running hub holds it: one immutable snapshot of what answers now.

Readers take `snapshot` and never wait; a change or the hour makes the next one. Its lexicon is the shipped
one with the office's words: when those change, everything is read anew. What waits for its hour, or will be
over at one, is remembered here, so that time takes effect without asking the store.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from hub.model.entry_record import EntryRecord
from hub.model.word_record import WordRecord
from knowledge_base.entry import Entry
from knowledge_base.match.matcher import Snapshot
from knowledge_base.meaning.wording_vectors import WordingVectors
from knowledge_base.words.lexicon import Lexicon, shipped_lexicon
from knowledge_base.words.word_group import WordGroup


class Knowledge:
    """One per process. `revision`: up to where the store's changes are in the snapshot. `words`: the office's
    groups of words by their id."""

    def __init__(self, vectors: WordingVectors | None = None) -> None:
        """vectors: of wordings, of the engine that runs here; None where none does."""
        self.snapshot = Snapshot.build((), vectors=vectors)
        self.revision = 0
        self.words: Mapping[str, WordRecord] = {}
        self._timed: dict[str, EntryRecord] = {}
        self._turns_at: dict[str, int] = {}
        self._tried: Snapshot | None = None  # with other words; held so that taking them finds it made

    @property
    def vectors(self) -> WordingVectors | None:
        """Those of the wordings, of the engine that runs here; None where none does."""
        return self.snapshot.vectors

    @property
    def groups(self) -> list[WordGroup]:
        """The groups of words in force, by their name."""
        return _groups(self.words)

    def take(
        self,
        records: Iterable[EntryRecord],
        now: int,
        words: Iterable[WordRecord] = (),
        vectors: WordingVectors | None = None,
    ) -> None:
        """From now on these records are as they are given. `vectors`: of their wordings, beside those that
        there are."""
        changed: list[Entry] = []
        silent: list[str] = []
        for record in records:
            answering = record.answering_at(now)
            if answering is None:
                silent.append(record.id)
            else:
                changed.append(answering)
            self._remember(record, now)
        said = {**self.words, **{record.id: record for record in words}}
        lexicon = _lexicon(_groups(said)) if said != self.words else None
        if changed or silent or lexicon:
            snapshot = self.snapshot.with_changes(
                changed, silent, lexicon=lexicon, vectors=self._with(vectors)
            )
            snapshot.warm()
            self.snapshot, self._tried = snapshot, None
        self.words = said

    def learn(self, vectors: WordingVectors, ids: Iterable[str]) -> None:
        """These entries' wordings have vectors from now on."""
        entries = [entry for id in ids if (entry := self.snapshot.entry(id)) is not None]
        self.snapshot = self.snapshot.with_changes(entries, vectors=self._with(vectors))

    def turns(self, now: int) -> bool:
        """Whether the hour of an entry has come."""
        return any(at <= now for at in self._turns_at.values())

    def turn(self, now: int) -> None:
        """Lets the hour take effect: what begins now answers, what is over does not."""
        self.take([self._timed[id] for id, at in self._turns_at.items() if at <= now], now)

    def candidate(
        self, entries: Iterable[Entry], vectors: WordingVectors | None = None
    ) -> tuple[Snapshot, Snapshot]:
        """What would answer without and with these entries, everything published counted, also what still
        waits for its day: a publish must not break what begins tomorrow. `vectors`: of their wordings."""
        before = self._everything()
        return before, before.with_changes(entries, vectors=self._with(vectors))

    def reworded(self, groups: Iterable[WordGroup]) -> tuple[Snapshot, Snapshot]:
        """What would answer with the words in force and with these instead, everything published counted."""
        before = self._everything()
        self._tried = before.with_changes((), lexicon=_lexicon(groups))
        return before, self._tried

    def _with(self, vectors: WordingVectors | None) -> WordingVectors | None:
        """Those there are, with others; None where nothing is added."""
        there = self.vectors
        if vectors is None or there is None or not len(vectors.digests):
            return None
        return there.joined(vectors)

    def _everything(self) -> Snapshot:
        waiting = [record.in_force for record in tuple(self._timed.values())]
        return self.snapshot.with_changes(entry for entry in waiting if entry is not None)

    def _remember(self, record: EntryRecord, now: int) -> None:
        turns_at = record.turns_after(now)
        if turns_at:
            self._timed[record.id], self._turns_at[record.id] = record, turns_at
        else:
            self._timed.pop(record.id, None)
            self._turns_at.pop(record.id, None)


def _groups(words: Mapping[str, WordRecord]) -> list[WordGroup]:
    groups = [record.group for record in words.values()]
    return sorted((group for group in groups if group is not None), key=lambda group: group.name)


def _lexicon(groups: Iterable[WordGroup]) -> Lexicon:
    words = tuple((group.name, group.words) for group in sorted(groups, key=lambda group: group.name))
    return _with_words(words) if words else shipped_lexicon()


@lru_cache(maxsize=1)
def _with_words(words: tuple[tuple[str, tuple[str, ...]], ...]) -> Lexicon:
    return shipped_lexicon().with_groups(words)
