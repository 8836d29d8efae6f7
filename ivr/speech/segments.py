"""A transcript in lines that can be read, played and corrected one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ivr.speech.engine import UNKNOWN_WORD, Word

PAUSE_SECONDS = 0.8
MOST_CHARACTERS = 40
"""Of a line; the word that goes over it still belongs to it."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Words without a pause between them."""

    words: tuple[Word, ...]

    @property
    def start_seconds(self) -> float:
        """Where it begins."""
        return self.words[0].start_seconds

    @property
    def end_seconds(self) -> float:
        """Where it ends."""
        return self.words[-1].end_seconds

    @property
    def start_ms(self) -> int:
        """Where it begins, as the name of the line: the words of a recording do not move."""
        return round(self.start_seconds * 1000)


def segments(words: Sequence[Word]) -> tuple[Segment, ...]:
    """The words in lines: a new one after a pause, and when a line is full."""
    return tuple(_segments(words))


def _segments(words: Sequence[Word]) -> Iterator[Segment]:
    line: list[Word] = []
    length = 0
    for word in words:
        if line and (word.start_seconds - line[-1].end_seconds >= PAUSE_SECONDS or length >= MOST_CHARACTERS):
            yield Segment(tuple(line))
            line, length = [], 0
        line.append(word)
        length += 1 if word.text == UNKNOWN_WORD else len(word.text)
    if line:
        yield Segment(tuple(line))
