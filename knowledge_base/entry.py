"""One thing the hub knows how to answer.

The rule protected here: what a citizen reads is written by people, never made up by a matcher, and a short
answer always fits two parts of a text message.
"""

import re
from dataclasses import dataclass, replace
from enum import StrEnum

SHORT_ANSWER_CHARS = 134
"""Two joined parts of a UCS-2 text message: 2 x 67 characters (3GPP TS 23.040, 9.2.3.24.1)."""

ENGLISH_SHORT_CHARS = 306
"""Two joined parts of a text message in its basic alphabet: 2 x 153 characters (same clause)."""

_SENTENCE = re.compile(r"[^。！？\n]*(?:[。！？]|\n|$)")


class EntryState(StrEnum):
    """The life of an entry: written, read by a second person, answering, no longer answering."""

    DRAFT = "draft"
    REVIEW = "review"
    PUBLISHED = "published"
    EXPIRED = "expired"


class Aspect(StrEnum):
    """What is asked about a service; the values are what staff and citizens read."""

    MATERIALS = "材料"
    FEE = "费用"
    TIME = "时限"
    PLACE = "地点"
    ONLINE = "网办"
    PROXY = "代办"
    CONDITION = "条件"
    PROGRESS = "进度"
    ELSEWHERE = "异地"
    HOW = "流程"


@dataclass(frozen=True, slots=True)
class SlotAnswer:
    """The answer when the entry's slot has this value (licence type C1, city 厦门市). `short_answer` is ""
    when it is to be taken from `answer`."""

    value: str
    answer: str
    short_answer: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A question in the words of the office, the words citizens use for it, and the answer.

    `variants` do not repeat `question`. `answer` is plain text with newlines. `short_answer` is "" when it is
    to be taken from `answer` (see `brief`); `spoken_answer` is "" when `brief` can be read out as it is.
    `topic` is the police line it belongs to (户政, 出入境 …), `service` the matter within it (身份证补领; ""
    for none), `aspect` what is asked about that matter (None when it is not one of them).

    `source` is the law article or page ("" for none), `source_url` where it can be read, `owner_unit` who
    keeps the entry true, `region` the place it holds for ("" everywhere), `confirm_locally` says that a local
    office decides the details. It answers from `valid_from` up to but not including `valid_until`
    (milliseconds UTC; 0: no bound), `updated_at` is in milliseconds UTC.

    `slot` names what the answer depends on ("" for nothing), `by_slot` the answers by its values; `answer`
    then says what holds for all of them. `tests` are questions that must find this entry.

    `question_en`, `variants_en`, `answer_en`, `short_answer_en` are the same in English, all or none of them;
    an entry with a `slot` has none. `since` is the day (ISO 8601, `2026-11-30`) a shipped entry first came
    with the product, "" for one of an office.
    """

    id: str
    question: str
    variants: tuple[str, ...]
    answer: str
    short_answer: str
    topic: str
    source: str
    confirm_locally: bool
    state: EntryState
    updated_at: int
    spoken_answer: str = ""
    service: str = ""
    aspect: Aspect | None = None
    region: str = ""
    owner_unit: str = ""
    source_url: str = ""
    valid_from: int = 0
    valid_until: int = 0
    slot: str = ""
    by_slot: tuple[SlotAnswer, ...] = ()
    tests: tuple[str, ...] = ()
    question_en: str = ""
    variants_en: tuple[str, ...] = ()
    answer_en: str = ""
    short_answer_en: str = ""
    since: str = ""

    @property
    def wordings(self) -> tuple[str, ...]:
        """Everything that finds it, the question first, whatever the language."""
        english = (self.question_en, *self.variants_en) if self.question_en else ()
        return (self.question, *self.variants, *english)

    def said_in(self, language: str) -> "Entry":
        """The entry as it is said to somebody who wrote in `language`: in English where it has it, else as it
        stands."""
        if language != "en" or not self.answer_en:
            return self
        return replace(
            self,
            question=self.question_en,
            answer=self.answer_en,
            short_answer=self.short_answer_en,
            spoken_answer="",
        )

    def answers_at(self, now_ms: int) -> bool:
        """Whether it answers at this instant: published, and within its time."""
        begun, over = self.valid_from <= now_ms, 0 < self.valid_until <= now_ms
        return self.state is EntryState.PUBLISHED and begun and not over

    def brief(self) -> str:
        """The answer for a text message, at most `SHORT_ANSWER_CHARS` long; whole sentences unless the first
        is too long."""
        return self.short_answer or _first_sentences(self.answer)


def _first_sentences(answer: str) -> str:
    brief = ""
    for sentence in _SENTENCE.findall(answer):
        if len(brief) + len(sentence.strip()) > SHORT_ANSWER_CHARS:
            break
        brief += sentence.strip()
    return brief or answer[: SHORT_ANSWER_CHARS - 1] + "…"
