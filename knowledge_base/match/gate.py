"""Asked before entries are published, or words are changed: would every question still find its own entry?

The rule protected: nobody's questions are taken over by accident. A new wording can draw questions away from
an entry its writer never thought of, and nobody would notice before a citizen gets the wrong answer. Two
snapshots are compared, without and with the change; only the neighbours of what changed are asked, because
an entry that shares nothing with it cannot lose to it. Words can change how any question is read, so every
test question is asked.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from knowledge_base.entry import Entry
from knowledge_base.match.matcher import Snapshot
from knowledge_base.meaning.encoder import Vector
from knowledge_base.text.normalise import normalise
from knowledge_base.words.wording import same_question_key

Ask = Callable[[str], Vector | None]
"""Says what a question means, None where words alone are to be compared."""

NEIGHBOURS = 8
"""How many entries near each changed wording are asked."""


def by_words(question: str) -> None:
    """The `Ask` that leaves meaning out."""


class Trouble(StrEnum):
    """What stands against a publish."""

    TEST_NOT_FOUND = "test_not_found"  # a test question of the entry finds nothing or another entry
    SAME_WORDING = "same_wording"  # another entry has the same wording
    TAKES_TEST = "takes_test"  # another entry's test question would now find this one
    TAKES_WORDING = "takes_wording"  # another entry's own wording would now find this one
    LOSES_TEST = "loses_test"  # a test question would no longer find its entry, read with other words
    BECOMES_SAME = "becomes_same"  # wordings of two entries would be one question, read with other words


@dataclass(frozen=True, slots=True)
class Objection:
    """One question that would go wrong. `entry`: whose question it is; `goes_to`: what it would find, None
    when nothing."""

    trouble: Trouble
    question: str
    entry: Entry
    goes_to: Entry | None


def objections(
    before: Snapshot, after: Snapshot, changed: Sequence[Entry], ask: Ask = by_words
) -> tuple[Objection, ...]:
    """Everything that stands against publishing `changed`, which are in `after` and not yet in `before`.
    `ask`: the vector of a question, of the engine of both."""
    ids = {entry.id for entry in changed}
    found: dict[tuple[str, str], Objection] = {}
    neighbours: dict[str, _Neighbour] = {}
    for entry in changed:
        for question in entry.tests:
            first = _first(after, question, ask)
            if first is None or first.id != entry.id:
                _note(found, Objection(Trouble.TEST_NOT_FOUND, question, entry, first))
        for wording in (*entry.wordings, *entry.tests):
            for match in after.match(wording, NEIGHBOURS, vector=ask(wording)):
                neighbour = neighbours.setdefault(match.entry.id, _Neighbour(match.entry))
                neighbour.near[match.matched] = None
    worded = {same_question_key(text, after.lexicon): entry for entry in changed for text in entry.wordings}
    for neighbour in neighbours.values():
        other = neighbour.entry
        for question in other.wordings:
            owner = worded.get(same_question_key(question, after.lexicon))
            if owner is not None and owner.id != other.id:
                _note(found, Objection(Trouble.SAME_WORDING, question, other, owner))
        if other.id not in ids:
            for objection in _lost(before, after, neighbour, ids, ask):
                _note(found, objection)
    return tuple(found.values())


def lost_by_words(before: Snapshot, after: Snapshot) -> tuple[Objection, ...]:
    """Everything that stands against other words: both hold the same entries, read with another lexicon. A
    question that was lost before is not held against the words.
    """
    found: dict[tuple[str, str], Objection] = {}
    sharing = list(_shared(after))
    shared = {(one.id, text) for one, text, _ in _shared(before)} if sharing else set()
    for entry, question, other in sharing:
        if (entry.id, question) not in shared:
            _note(found, Objection(Trouble.BECOMES_SAME, question, entry, other))
    for entry in after.entries:
        for question in entry.tests:
            first = _first(after, question)
            if first is not None and first.id == entry.id:
                continue
            owned = _first(before, question)
            if owned is not None and owned.id == entry.id:
                _note(found, Objection(Trouble.LOSES_TEST, question, entry, first))
    return tuple(found.values())


def _shared(snapshot: Snapshot) -> Iterable[tuple[Entry, str, Entry]]:
    """Wordings that another entry has as well, with that entry."""
    owners: dict[str, Entry] = {}
    for entry in snapshot.entries:
        for wording in entry.wordings:
            owner = owners.setdefault(same_question_key(wording, snapshot.lexicon), entry)
            if owner.id != entry.id:
                yield entry, wording, owner


@dataclass(frozen=True, slots=True)
class _Neighbour:
    """An entry near to what changed. `near`: those of its wordings that were nearest, in order: a wording
    farther off finds its own entry by its own words."""

    entry: Entry
    near: dict[str, None] = field(default_factory=dict)


def _lost(
    before: Snapshot, after: Snapshot, neighbour: _Neighbour, ids: set[str], ask: Ask
) -> Iterable[Objection]:
    other = neighbour.entry
    for trouble, questions in (
        (Trouble.TAKES_TEST, other.tests),
        (Trouble.TAKES_WORDING, tuple(neighbour.near)),
    ):
        for question in questions:
            first = _first(after, question, ask)
            if first is None or first.id not in ids:
                continue
            owned = _first(before, question, ask)
            if owned is not None and owned.id == other.id:  # else it was lost already, to somebody else
                yield Objection(trouble, question, other, first)


def _first(snapshot: Snapshot, question: str, ask: Ask = by_words) -> Entry | None:
    matches = snapshot.match(question, 1, vector=ask(question))
    return matches[0].entry if matches else None


def _note(found: dict[tuple[str, str], Objection], objection: Objection) -> None:
    found.setdefault((objection.entry.id, normalise(objection.question)), objection)
