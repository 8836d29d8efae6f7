"""How an answer is worded on each channel: short and plain by text message, whole on a page and in a mail.

The rule: what leaves by text message stays within the parts that are allowed for it and is cut between
sentences, never within a link or a number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from channels.contract import ChannelKind
from hub.actions.deliveries.channel_profile import ChannelProfile
from hub.actions.dialogue.aloud import aloud
from hub.actions.dialogue.texts import Texts
from hub.actions.dialogue.verdict import Answered
from knowledge_base.dialogue.slot import Slots
from knowledge_base.dialogue.small_talk import Talk
from knowledge_base.entry import Entry, SlotAnswer

_SENTENCE = re.compile(r"[^。！？!?\n]*(?:[。！？!?\n]|$)")
_QUESTION_CHARS = 28

HelpPage = Callable[[Entry], str]
"""The whole address of an entry's public page, or "" where citizens cannot reach it."""


def no_help_page(entry: Entry) -> str:
    """No public address is configured."""
    return ""


@dataclass(frozen=True, slots=True)
class Limits:
    """parts: pieces of a long text message an answer may take. links: whether text messages carry links."""

    parts: int
    links: bool


class Wording:
    """Answers, choices and questions of ours in words."""

    def __init__(
        self, texts: Texts, slots: Slots, limits: Limits, help_page: HelpPage = no_help_page
    ) -> None:
        self._texts = texts
        self._slots = slots
        self._limits = limits
        self._help_page = help_page

    def answer(
        self,
        entry: Entry,
        by_slot: SlotAnswer | None,
        profile: ChannelProfile,
        language: str,
        *,
        city: str = "",
        parts: int = 0,
    ) -> str:
        """The entry's answer as this channel carries it. parts: of a text message, 0: as many as allowed."""
        entry = entry.said_in(language)
        link = self._help_page(entry)
        local = ""
        if entry.region and not self._slots.same_city(entry.region, city):
            local = self._texts.say("local_answer", language, region=entry.region)
        if profile.kind is ChannelKind.SMS:
            short = (by_slot.short_answer or by_slot.answer) if by_slot else entry.brief()
            behind = f" {link}" if link and self._limits.links else ""
            return self._fitted(local + short, profile, behind, parts or self._limits.parts)
        lines = [local + (by_slot.answer if by_slot else entry.answer).strip()]
        if profile.kind is ChannelKind.MAIL:
            if entry.source:
                lines.append(self._texts.say("source", language, source=entry.source, url=entry.source_url))
            if entry.confirm_locally:
                lines.append(self._texts.say("confirm_locally", language))
            if link:
                lines.append(self._texts.say("more", language, link=link))
        return "\n".join(lines)

    def answers(
        self,
        answers: Sequence[Answered],
        left: Sequence[str],
        profile: ChannelProfile,
        language: str,
        *,
        city: str = "",
    ) -> str:
        """Several answers, numbered, and what could not be answered. A text message gives each its share."""
        parts = -(-self._limits.parts // len(answers))
        said = [
            self.answer(answer.entry, answer.by_slot, profile, language, city=city, parts=parts)
            for answer in answers
        ]
        text = _numbered(said)
        if not left or profile.kind is ChannelKind.SMS:
            return text
        return f"{text}\n{self._texts.say('left_open', language, questions='、'.join(map(_cut, left)))}"

    def spoken(self, entry: Entry, by_slot: SlotAnswer | None, language: str) -> str:
        """The answer as a telephone voice reads it."""
        said = entry.said_in(language)
        local = self._texts.say("local_answer", language, region=entry.region) if entry.region else ""
        if said is not entry:
            return local + said.brief()
        if by_slot:
            return aloud(local + (by_slot.short_answer or by_slot.answer))
        return aloud(local + (entry.spoken_answer or entry.brief()))

    def spoken_name(self, entry: Entry, language: str) -> str:
        """A question as one of several."""
        said = entry.said_in(language)
        name = _named(said) if said is not entry else aloud(_named(entry))
        return name.rstrip("？?。")

    def spoken_question(self, entry: Entry, language: str) -> str:
        """The question for the value an answer depends on."""
        return f"{self._slots.of(entry).question(language)}？"

    def did_you_mean(self, language: str) -> str:
        """What choices begin with."""
        return self._texts.say("did_you_mean", language)

    def choices(
        self, entries: Sequence[Entry], profile: ChannelProfile, language: str, *, again: bool = False
    ) -> str:
        """Numbered questions, and how to answer."""
        names = [_named(entry.said_in(language)) for entry in entries]
        if profile.kind is ChannelKind.SMS:
            names = [_cut(name) for name in names]
        return self._texts.say("choices_again" if again else "choices", language, choices=_numbered(names))

    def slot_question(self, entry: Entry, language: str) -> str:
        """The question for the value an answer depends on, with the values there are."""
        values = _numbered([answer.value for answer in entry.by_slot])
        return self._texts.say(
            "slot", language, question=self._slots.of(entry).question(language), values=values
        )

    def small_talk(self, talk: Talk, language: str) -> str:
        """One line back, then what the hub can do."""
        line = talk.line(language)
        return line if talk.brief else f"{line}{self._texts.say('abilities', language)}"

    @staticmethod
    def _fitted(text: str, profile: ChannelProfile, behind: str, parts: int) -> str:
        if profile.compose(text + behind)[1] <= parts:
            return text + behind
        kept = ""
        for sentence in _SENTENCE.findall(text):
            if profile.compose(kept + sentence + behind)[1] > parts:
                break
            kept += sentence
        if kept.strip():
            return kept.strip() + behind
        while text and profile.compose(f"{text}…{behind}")[1] > parts:
            text = text[:-1]
        return f"{text}…{behind}"


def _named(entry: Entry) -> str:
    return f"{entry.question}（{entry.region}）" if entry.region else entry.question


def _numbered(names: Sequence[str]) -> str:
    return "\n".join(f"{number}. {name}" for number, name in enumerate(names, 1))


def _cut(name: str) -> str:
    return name if len(name) <= _QUESTION_CHARS else f"{name[: _QUESTION_CHARS - 1]}…"
