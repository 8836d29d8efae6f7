"""One thing the hub knows how to answer.

The rule protected here: what a citizen reads is written by people, never made up by a matcher, and a short
answer always fits two parts of a text message.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

SHORT_ANSWER_CHARS = 134
"""Two joined parts of a UCS-2 text message: 2 x 67 characters (3GPP TS 23.040, 9.2.3.24.1)."""

_SENTENCE = re.compile(r"[^。！？\n]*(?:[。！？]|\n|$)")


class EntryState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Entry:
    """A question in the words of the office, the words citizens use for it, and the answer.

    `variants` do not repeat `question`. `answer` is plain text with newlines. `short_answer` is "" when it is
    to be taken from `answer` (see `brief`). `topic` is the police line it belongs to (户政, 出入境 …),
    `source` the law or page ("" for none), `confirm_locally` says that a local office decides the details,
    `updated_at` is in milliseconds UTC.
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

    def brief(self) -> str:
        """The answer for a text message, at most `SHORT_ANSWER_CHARS` long; whole sentences unless the first
        is too long."""
        if self.short_answer:
            return self.short_answer
        brief = ""
        for sentence in _SENTENCE.findall(self.answer):
            if len(brief) + len(sentence.strip()) > SHORT_ANSWER_CHARS:
                break
            brief += sentence.strip()
        return brief or self.answer[: SHORT_ANSWER_CHARS - 1] + "…"
