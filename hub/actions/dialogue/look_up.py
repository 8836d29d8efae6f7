"""What the knowledge base says to a question, for the citizen's own city, and to a reply to our question.

The rule: the general answer stands where nothing better is known; an entry of another city never answers
somebody whose city is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType

from hub.actions.dialogue.about_others import asks_about_others
from hub.actions.dialogue.follow_up import (
    MOST,
    asked_aspect,
    names_child,
    other_case,
    questions_in,
    says,
)
from hub.actions.dialogue.own_outcome import asks_own_outcome
from hub.actions.dialogue.verdict import Answered, AskSlot, Offer, ToPerson, Verdict
from hub.model.dialogue import Dialogue
from hub.model.track import Track
from knowledge_base.dialogue.choice import NoneOfThem, Picked, Unclear, choose
from knowledge_base.dialogue.slot import CITY, Slots, is_unknown
from knowledge_base.entry import Entry
from knowledge_base.match.answer import Answer, Decision, Thresholds, decide
from knowledge_base.match.matcher import Snapshot
from knowledge_base.meaning.encoder import Vector
from knowledge_base.meaning.sentence import sentence_of
from knowledge_base.text.memo import Memo
from knowledge_base.text.plain import plain
from knowledge_base.text.utterance import Utterance

_SHORT = 30
"""A reply longer than this is no failed attempt at a value but something else."""


NO_VECTORS: Mapping[str, Vector] = MappingProxyType({})

ABOUT_OTHERS = "find-person-info"
"""The shipped entry that no data about others are given; without it a person says so."""


LIKELY = 0.45
"""So likely one of three entries answers, they are offered to somebody who only tells of a matter."""
_REMEMBERED = 2048
"""How many texts are remembered with what the knowledge base says to them, as many as have their vectors
remembered: when many write at once, many write the same."""
_ROUND_A_VALUE = 3
"""Characters that may stand round the name of a value: 那A1的."""


class LookUp:
    """Asks the knowledge base."""

    def __init__(self, thresholds: Thresholds, slots: Slots, *, aloud: Thresholds | None = None) -> None:
        self._thresholds = thresholds
        self._aloud = aloud or thresholds
        self._slots = slots
        self._asked: Snapshot | None = None
        self._answers: Memo[tuple[str, bool, bool], Answer] = Memo(_REMEMBERED)

    def question(
        self,
        text: str,
        snapshot: Snapshot,
        *,
        city: str = "",
        speech: bool = False,
        vectors: Mapping[str, Vector] = NO_VECTORS,
    ) -> Verdict | None:
        """Answered, AskSlot or Offer; None when a person is needed. `vectors`: what was encoded of the text
        in time (pinyin written out, with its signs and fillers or without), by `sentence_of` it; what is
        missing is decided by words alone."""
        text = snapshot.written(text)
        folded = Utterance(text).folded
        if asks_about_others(folded):
            refusal = entries_of(snapshot, (ABOUT_OTHERS,))
            return Answered(refusal[0]) if refusal else None
        if asks_own_outcome(folded) and not self.is_published(text, snapshot, vectors=vectors):
            return None
        answer = self._decided(text, snapshot, speech=speech, vectors=vectors)
        entries = tuple(self._for_city(snapshot, city, [match.entry for match in answer.matches]))
        if not entries:
            return None
        if answer.decision is Decision.ANSWER or (len(entries) == 1 < len(answer.matches)):
            return self.about(entries[0], text, city=city)
        return Offer(entries[:3], likely=answer.confidence_three >= LIKELY)

    def about(self, entry: Entry, text: str = "", *, city: str = "") -> Answered | AskSlot:
        """The entry's answer, for the value that `text` or the city gives; else the value is asked for."""
        if not entry.slot:
            return Answered(entry)
        value = self._slots.value_in(entry, text)
        if value is None and entry.slot == CITY and city:
            value = self._slots.value_in(entry, city)
            return Answered(entry, value)  # a city there is no special answer for has the general one
        return Answered(entry, value) if value else AskSlot(entry)

    def is_published(
        self, text: str, snapshot: Snapshot, *, vectors: Mapping[str, Vector] = NO_VECTORS
    ) -> bool:
        """Whether these very words are published as a question. `vectors`: see `question`."""
        matches = self._decided(text, snapshot, speech=False, vectors=vectors).matches
        return bool(matches) and matches[0].candidate.exact

    def follow_up(
        self, dialogue: Dialogue, text: str, snapshot: Snapshot, *, city: str = ""
    ) -> Verdict | None:
        """What `text` answers to the open question of ours, or asks about what was shown last; None when it
        is something new."""
        if dialogue.shown:
            shown = entries_of(snapshot, (dialogue.shown,))
            return self._after(shown[0], text, snapshot, city=city) if shown else None
        if dialogue.entry_id:
            entry = next(iter(entries_of(snapshot, (dialogue.entry_id,))), None)
            return self._value(entry, text, snapshot) if entry and entry.slot else None
        offered = entries_of(snapshot, dialogue.offered)
        match choose(text, [entry.question for entry in offered]):
            case Picked(number):
                return self.about(offered[number - 1], city=city)
            case NoneOfThem():
                return ToPerson(Track.CONSULT, asked=True)
            case Unclear():
                return Offer(tuple(offered), again=True)
        return None

    def each(
        self, text: str, snapshot: Snapshot, *, city: str = "", vectors: Mapping[str, Vector] = NO_VECTORS
    ) -> tuple[list[Answered], list[str]]:
        """The sure answers to the questions of a text, one by one, and the questions that have none; nothing
        when it holds only one. `vectors`: see `question`."""
        questions = questions_in(text)
        answers: list[Answered] = []
        left: list[str] = []
        for question in questions[:MOST] if len(questions) > 1 else ():
            found = self._after(answers[-1].entry, question, snapshot, city=city) if answers else None
            found = found or self.question(question, snapshot, city=city, vectors=vectors)
            match found:
                case Answered():
                    answers.append(found)
                case AskSlot(entry):
                    answers.append(Answered(entry))
                case _:
                    left.append(question)
        return answers, [*left, *questions[MOST:]]

    def _after(self, shown: Entry, text: str, snapshot: Snapshot, *, city: str) -> Verdict | None:
        """What a text asks about the entry shown last; None when it names a matter of its own."""
        aspect = asked_aspect(text)
        if aspect is None:
            return self._for_other(shown, text, snapshot, city=city)
        if says(shown, aspect):
            return Answered(shown)
        kin = [
            entry
            for entry in snapshot.entries
            if shown.service and entry.service == shown.service and entry.aspect is aspect
        ]
        if len(kin) == 1:
            return self.about(kin[0], text, city=city)
        return self.question(f"{shown.service or shown.question}{text}", snapshot, city=city)

    def _for_other(self, shown: Entry, text: str, snapshot: Snapshot, *, city: str) -> Verdict | None:
        """The same for another person or another value: 那我孩子呢, A1呢."""
        who = other_case(text)
        value = self._slots.value_in(shown, who or text) if shown.slot else None
        if value is not None and (who or len(plain(text)) <= len(plain(value.value)) + _ROUND_A_VALUE):
            return Answered(shown, value)
        if not who:
            return None
        kin = [
            entry
            for entry in snapshot.entries
            if names_child(who) and entry.service == shown.service and names_child(entry.question)
        ]
        if len(kin) == 1 and shown.service:
            return self.about(kin[0], text, city=city)
        found = self.question(f"{who}{shown.question}", snapshot, city=city)
        return AskSlot(shown) if found is None and shown.slot else found

    def _value(self, entry: Entry, text: str, snapshot: Snapshot) -> Verdict | None:
        value = self._slots.chosen(entry, text)
        if value is not None or is_unknown(text):
            return Answered(entry, value)
        if len(text) > _SHORT:
            return None
        answer = self._decided(text, snapshot, speech=False)
        if answer.decision is Decision.ANSWER and answer.matches[0].entry.id != entry.id:
            return None  # a question of its own
        return Answered(entry)

    def _decided(
        self, text: str, snapshot: Snapshot, *, speech: bool, vectors: Mapping[str, Vector] = NO_VECTORS
    ) -> Answer:
        if self._asked is not snapshot:
            self._asked, self._answers = snapshot, Memo(_REMEMBERED)
        thresholds = self._aloud if speech else self._thresholds
        vector = vectors.get(sentence_of(text)) if vectors else None
        return self._answers.get(
            (text, speech, vector is not None),
            lambda: decide(snapshot, text, thresholds, speech=speech, vector=vector),
        )

    def _for_city(self, snapshot: Snapshot, city: str, entries: list[Entry]) -> Iterator[Entry]:
        """The entries, those of another city replaced by the citizen's own or the general one."""
        given: set[str] = set()
        for entry in entries:
            better = self._at_home(snapshot, city, entry) if city else entry
            if better is not None and better.id not in given:
                given.add(better.id)
                yield better

    def _at_home(self, snapshot: Snapshot, city: str, entry: Entry) -> Entry | None:
        if self._slots.same_city(entry.region, city):
            return entry
        siblings = _siblings(snapshot).get(_matter(entry), ())
        for sibling in siblings:
            if self._slots.same_city(sibling.region, city):
                return sibling
        general = [sibling for sibling in siblings if not sibling.region]
        if not entry.region:
            return entry
        return general[0] if general else None


def entries_of(snapshot: Snapshot, ids: tuple[str, ...]) -> list[Entry]:
    """The entries with these ids, in this order; those that no longer answer are left out."""
    by_id = {entry.id: entry for entry in snapshot.entries if entry.id in ids}
    return [by_id[id] for id in ids if id in by_id]


def _matter(entry: Entry) -> tuple[str, str]:
    return (entry.service, entry.aspect or "") if entry.service else (entry.question, "")


@lru_cache(maxsize=2)
def _siblings(snapshot: Snapshot) -> Mapping[tuple[str, str], tuple[Entry, ...]]:
    """By matter, the entries of matters that some city has an entry of its own for."""
    found: dict[tuple[str, str], tuple[Entry, ...]] = {}
    local = {_matter(entry) for entry in snapshot.entries if entry.region}
    for entry in snapshot.entries if local else ():
        if _matter(entry) in local:
            found[_matter(entry)] = (*found.get(_matter(entry), ()), entry)
    return found
