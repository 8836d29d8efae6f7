"""What an inbound text is: decided by rules in a fixed order, without reading or writing anything.

The order protects people first: danger and threats, then the wish not to be written to, then a question
about one's own case, then the wish for a person, then what answers a question of ours, then the knowledge
base, then a person. Nothing that came before in the conversation changes it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from channels.outbox.suppression import parse_opt_out
from hub.actions.dialogue.accused import Accused
from hub.actions.dialogue.look_up import NO_VECTORS, LookUp
from hub.actions.dialogue.person import wants_person
from hub.actions.dialogue.question import asks
from hub.actions.dialogue.understand import Understood
from hub.actions.dialogue.verdict import (
    Answered,
    AskProgress,
    AskSlot,
    Danger,
    Lost,
    NeedsCode,
    Offer,
    OptIn,
    OptOut,
    SmallTalked,
    ToPerson,
    Verdict,
)
from hub.actions.dialogue.wish import wish_in
from hub.model.dialogue import Dialogue
from hub.model.reference import find_pair, find_reference
from hub.model.track import Track
from knowledge_base.dialogue.choice import is_bare_number
from knowledge_base.dialogue.small_talk import SmallTalk
from knowledge_base.entry import Entry
from knowledge_base.match.matcher import Snapshot
from knowledge_base.meaning.encoder import Vector
from knowledge_base.meaning.safety import Level
from knowledge_base.text.plain import plain
from knowledge_base.text.utterance import Utterance


@dataclass(frozen=True, slots=True)
class Words:
    """The configured words (config.toml, [triage]). own: those of danger that the office added."""

    emergency: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = ()
    threats: tuple[str, ...] = ()
    report_verbs: tuple[str, ...] = ()
    report_objects: tuple[str, ...] = ()
    person: tuple[str, ...] = ()


class Triage:
    """The rules with their words."""

    def __init__(
        self,
        words: Words,
        look_up: LookUp,
        small_talk: SmallTalk,
        other_references: Sequence[re.Pattern[str]] = (),
    ) -> None:
        """other_references: the numbers other systems give out."""
        self._exceptions = _folded(words.exceptions)
        self._accused = Accused(words.report_verbs, words.report_objects)
        self._person = tuple(map(plain, words.person))
        self._emergency = _any_of(words.emergency)
        self._own = frozenset(_folded(words.own))
        self._threat = _any_of(words.threats)
        self._look_up = look_up
        self._small_talk = small_talk
        self._other_references = other_references

    def __call__(
        self,
        utterance: Utterance,
        *,
        snapshot: Snapshot,
        dialogue: Dialogue | None = None,
        opt_outs: bool = True,
        beside: str = "",
        city: str = "",
        speech: bool = False,
        told: bool = False,
        danger_words: bool = True,
        vectors: Mapping[str, Vector] = NO_VECTORS,
    ) -> Verdict:
        """`dialogue`: what we asked last, if it still waits. `opt_outs`: whether 退订 means that here.

        beside: subject and quotation of a letter; danger and accusations are looked for in it as well.
        city: the citizen's.
        danger_words: whether the words of danger are looked for. vectors: see `LookUp.question`.
        speech: recognised from the voice of a caller who was asked for his question.
        told: whether entries are offered to who only tells of a matter, because they can say that none fits.
        """
        folded = utterance.folded
        whole = f"{Utterance(beside).folded}|{folded}" if beside else folded
        if danger_words and (danger := self.danger(whole)):
            return danger
        if opt_outs and (wish := _wish(utterance)):
            return wish
        pair = find_pair(utterance.composed, self._other_references)
        accuses = self.accuses_police(whole)
        if pair is not None:
            besides = _told_besides(len(folded) - len("".join(pair)), accuses=accuses)
            return AskProgress(*pair, besides, wish_in(utterance.text, *pair))
        if find_reference(utterance.composed):
            return NeedsCode()
        talk = self._small_talk.of(utterance)
        if talk is None and self.wants_person(utterance):
            return ToPerson(Track.REPORT if accuses else Track.CONSULT, asked=True)
        if dialogue is not None and self._is_reply(dialogue, accuses=accuses, talks=talk is not None):
            reply = self._look_up.follow_up(dialogue, utterance.text, snapshot, city=city)
            if reply is not None:
                return self.without_asking(reply, whole)
        if talk is not None:
            return SmallTalked(talk)
        if accuses and not _is_question(whole):
            return ToPerson(Track.REPORT)
        asked = self._small_talk.without_abuse(utterance)
        # Signs, a thumb or nothing but abuse ask nothing.
        if is_bare_number(asked.plain) or (utterance.text.strip() and not asked.plain):
            return Lost()
        if len(folded) > _LETTER:
            return ToPerson(Track.CONSULT)
        asked = Utterance(snapshot.written(asked.text))
        found = self._look_up.question(asked.text, snapshot, city=city, speech=speech, vectors=vectors)
        if found is not None and not isinstance(found, Offer):
            return self.without_asking(found, whole)
        if accuses:
            return ToPerson(Track.REPORT)
        offers = speech or len(asked.folded) <= _BARE or asks(asked.folded)
        return found if found and (offers or (told and found.likely)) else ToPerson(Track.CONSULT)

    @staticmethod
    def _is_reply(dialogue: Dialogue, *, accuses: bool, talks: bool) -> bool:
        """Whether a text may answer our question. Any short text may name a value, but no accusation does."""
        asked_or_shown = dialogue.is_open or bool(dialogue.shown)
        return bool(dialogue.offered) or (asked_or_shown and not accuses and not talks)

    def danger(self, folded: str) -> Danger | None:
        """Words of an emergency or of a threat in a folded text."""
        words = self.danger_words(folded)
        threats = tuple(dict.fromkeys(self._threat.findall(folded)))
        if not words and not threats:
            return None
        return Danger((*words, *threats), threat=bool(threats), own=not self._own.isdisjoint(words))

    def danger_words(self, folded: str) -> tuple[str, ...]:
        """The emergency words in a folded text, after the exceptions were taken out."""
        if self._emergency.search(folded) is None:
            return ()
        for harmless in self._exceptions:
            folded = folded.replace(harmless, "")
        return tuple(dict.fromkeys(self._emergency.findall(folded)))

    def near_danger(self, folded: str) -> bool:
        """Whether a word of danger occurs in a folded text at all, also where it means none (怎么报警)."""
        return bool(self._emergency.search(folded) or self._threat.search(folded))

    def without_asking(self, verdict: Verdict, folded: str) -> Verdict:
        """Near danger nobody is asked for a value: the general answer is given at once. An answer that sends
        people to 110 is near it whatever they write (小孩被锁车里了)."""
        if isinstance(verdict, AskSlot):
            entry = verdict.entry
            if _CALL_110.search(entry.answer) or self.near_danger(with_question(folded, entry)):
                return Answered(entry)
        return verdict

    def accuses_police(self, folded: str) -> bool:
        """Whether a folded text says that it reports police: it must go behind the compartment wall."""
        return self._accused.level(folded) is Level.SURE

    def may_accuse(self, folded: str) -> bool:
        """Whether words of complaint and of police occur in a folded text, whoever is accused."""
        return self._accused.level(folded) is not Level.NONE

    def accusation(self, folded: str, understood: Understood) -> Level:
        """How surely a folded text accuses police, by what it means. Where no engine tells that, words of
        complaint and of police are a possible accusation; while it is still to tell, a word of police is one.
        """
        level = understood.judgement.accusation
        if level is not Level.NONE or understood.weighed:
            return level
        perhaps = self.may_accuse(folded) and not _is_question(folded)
        perhaps = perhaps or (understood.due and self._accused.named(folded))
        return Level.POSSIBLE if perhaps else Level.NONE

    def wants_person(self, utterance: Utterance) -> bool:
        """Whether it asks for a person."""
        return wants_person(utterance, self._person)

    def is_heated(self, utterance: Utterance) -> bool:
        """Whether it has words of abuse."""
        return self._small_talk.is_abusive(utterance)


def _wish(utterance: Utterance) -> OptOut | OptIn | None:
    """Not to be written to any more, or again."""
    wish = parse_opt_out(utterance.composed)
    if wish.matched:
        return OptOut(wish.subject, wish.rest)
    return OptIn(wish.subject) if wish.resubscribed else None


def with_question(folded: str, entry: Entry) -> str:
    """A folded text and the question it asks: whoever answers 1 says that question."""
    return f"{folded}|{Utterance(entry.question).folded}"


def _folded(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(Utterance(word).folded for word in words)


def _any_of(words: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, _folded(words))) or r"(?!)")


_BARE = 12
"""A text this short names a subject ("护照"). A longer one without a question word tells of a matter:
unless an entry is likely to answer it, it becomes a case, because nobody answers "did you mean" when it was
no question."""

_LETTER = 200
"""A text longer than this tells a matter even where it asks something: nothing is looked up for it."""

_CALL_110 = re.compile(r"(?<!\d)110(?!\d)")


_POLITE, _NAMES_THE_MATTER = 60, 15


def _told_besides(characters: int, *, accuses: bool) -> Track | None:
    """What becomes of the words round a number and a code. A greeting and the name of the matter are nothing;
    a letter that happens to hold a number is read by a person."""
    if accuses and characters > _NAMES_THE_MATTER:
        return Track.REPORT
    return Track.CONSULT if characters > _POLITE else None


def _is_question(folded: str) -> bool:
    """A short question about reporting is not yet a report ("怎么投诉交警?")."""
    return len(folded) <= 30 and asks(folded)
