"""What the knowledge base says to a question, for the citizen's own city, and to a reply to our question.

The rule: the general answer stands where nothing better is known; an entry of another city never answers
somebody whose city is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from hub.actions.dialogue.about_others import asks_about_others
from hub.actions.dialogue.verdict import Answered, AskSlot, Offer, ToPerson, Verdict
from hub.model.dialogue import Dialogue
from hub.model.track import Track
from knowledge_base.dialogue.choice import NoneOfThem, Picked, Unclear, choose
from knowledge_base.dialogue.slot import CITY, Slots, is_unknown
from knowledge_base.entry import Entry
from knowledge_base.match.answer import Answer, Decision, Thresholds, decide
from knowledge_base.match.matcher import Snapshot
from knowledge_base.text.utterance import Utterance

_SHORT = 30
"""A reply longer than this is no failed attempt at a value but something else."""


ABOUT_OTHERS = "data-about-others"
"""The shipped entry that no data about others are given. Where an office took it out of use, a person says it."""


class LookUp:
    """Asks the knowledge base."""

    def __init__(self, thresholds: Thresholds, slots: Slots, *, aloud: Thresholds | None = None) -> None:
        self._thresholds = thresholds
        self._aloud = aloud or thresholds
        self._slots = slots

    def question(
        self, text: str, snapshot: Snapshot, *, city: str = "", speech: bool = False
    ) -> Verdict | None:
        """Answered, AskSlot or Offer; None when a person is needed."""
        if asks_about_others(Utterance(text).folded):
            refusal = entries_of(snapshot, (ABOUT_OTHERS,))
            return Answered(refusal[0]) if refusal else None
        answer = self._decided(text, snapshot, speech=speech)
        entries = tuple(self._for_city(snapshot, city, [match.entry for match in answer.matches]))
        if not entries:
            return None
        if answer.decision is Decision.ANSWER or (len(entries) == 1 < len(answer.matches)):
            return self.about(entries[0], text, city=city)
        return Offer(entries[:3])

    def about(self, entry: Entry, text: str = "", *, city: str = "") -> Answered | AskSlot:
        """The entry's answer, for the value that `text` or the city gives; else the value is asked for."""
        if not entry.slot:
            return Answered(entry)
        value = self._slots.value_in(entry, text)
        if value is None and entry.slot == CITY and city:
            value = self._slots.value_in(entry, city)
            return Answered(entry, value)  # a city there is no special answer for has the general one
        return Answered(entry, value) if value else AskSlot(entry)

    def follow_up(
        self, dialogue: Dialogue, text: str, snapshot: Snapshot, *, city: str = ""
    ) -> Verdict | None:
        """What `text` answers to the open question of ours; None when it is something new."""
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

    def _decided(self, text: str, snapshot: Snapshot, *, speech: bool) -> Answer:
        return decide(snapshot, text, self._aloud if speech else self._thresholds, speech=speech)

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
