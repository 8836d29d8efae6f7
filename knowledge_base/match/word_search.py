"""Finds entries by plain words, as a reader's eye would: the words stand in the question or in the answer.

Beside the matcher, which understands questions, for whoever types one word of an answer (回执, 8厘米).
Nothing is interpreted; what was found can be marked in the text.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from knowledge_base.entry import Entry
from knowledge_base.text.plain import simplified

MAX_CHARS = 200
MAX_WORDS = 8
EXCERPT_CHARS = 70

_BETWEEN = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a text; `hit`: it is one of the words."""

    text: str
    hit: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry with the words in it: the question, and the piece of the answer where they stand first."""

    entry: Entry
    question: tuple[Span, ...]
    excerpt: tuple[Span, ...]


def words_of(text: str) -> tuple[str, ...]:
    """The words of what was typed: lower case, simplified, each once, cut at blanks and signs."""
    words = _BETWEEN.split(simplified(text[:MAX_CHARS]))
    return tuple(dict.fromkeys(word for word in words if word))[:MAX_WORDS]


def search(entries: Iterable[Entry], words: Sequence[str], limit: int) -> tuple[Hit, ...]:
    """Entries that hold every word, those with more of them in the question first, then as given."""
    found: list[tuple[int, Entry]] = []
    for entry in entries if words else ():
        question, answer = entry.question.lower(), _answers(entry).lower()
        if all(word in question or word in answer for word in words):
            found.append((sum(word in question for word in words), entry))
    found.sort(key=lambda pair: -pair[0])
    return tuple(
        Hit(entry, marked(entry.question, words), marked(_excerpt(_answers(entry), words), words))
        for _, entry in found[:limit]
    )


def marked(text: str, words: Sequence[str]) -> tuple[Span, ...]:
    """The text in pieces, the words among them marked; joined they are the text again."""
    if not words:
        return (Span(text, False),)
    either = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    spans: list[Span] = []
    at = 0
    for found in re.finditer(either, text, re.IGNORECASE):
        if found.start() > at:
            spans.append(Span(text[at : found.start()], False))
        spans.append(Span(found[0], True))
        at = found.end()
    if at < len(text):
        spans.append(Span(text[at:], False))
    return tuple(spans)


def _answers(entry: Entry) -> str:
    return " ".join((entry.answer, *(answer.answer for answer in entry.by_slot)))


def _excerpt(answer: str, words: Sequence[str]) -> str:
    """About `EXCERPT_CHARS` of the answer round its first word."""
    line = " ".join(answer.split())
    places = [place for word in words if (place := line.lower().find(word)) >= 0]
    start = max(0, min(places, default=0) - EXCERPT_CHARS // 3)
    piece = line[start : start + EXCERPT_CHARS]
    return f"{'…' if start else ''}{piece}{'…' if start + EXCERPT_CHARS < len(line) else ''}"
