"""A problem in words: a Chinese text that remembers its source and values, to be said in another language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

Sentence = tuple[str, Mapping[str, object]]
"""A source text with places `%(name)s`, and what fills them."""


class Listed(tuple[str, ...]):
    """Several things of a sentence, apart as the language does: `Said("由%(who)s办理", who=Listed(who))`."""

    __slots__ = ()

    def __str__(self) -> str:
        """In Chinese."""
        return "、".join(self)


class Said(str):
    """The Chinese text itself, `Said("最多 %(most)s 人", most=30)`; in another language `sentences` is said.

    A value inside an f-string would make a text that no catalogue holds.
    """

    __slots__ = ("sentences",)
    sentences: tuple[Sentence, ...]

    def __new__(cls, source: str, /, **values: object) -> Said:
        """One sentence."""
        return cls.joined_sentences(((source, values),))

    @classmethod
    def joined(cls, texts: Iterable[str]) -> Said:
        """Several in one; texts that remember nothing stand for themselves."""
        return cls.joined_sentences(
            sentence
            for text in texts
            for sentence in (text.sentences if isinstance(text, Said) else ((text, {}),))
        )

    @classmethod
    def joined_sentences(cls, sentences: Iterable[Sentence]) -> Said:
        """From sources and values."""
        kept = tuple(sentences)
        made = str.__new__(cls, "；".join(text % values if values else text for text, values in kept))
        made.sentences = kept
        return made


def recalled(text: str, sources: Iterable[str]) -> str:
    """A stored text as the problem it was: made of one of `sources`, or several joined. What was made of none
    of them stands for itself."""
    for source in sources:
        if found := _shape(source).fullmatch(text):
            return Said(source, **found.groupdict())
    if "；" in text and text not in sources:
        return Said.joined(recalled(one, sources) for one in text.split("；"))
    return text


@cache
def _shape(source: str) -> re.Pattern[str]:
    """What a text made of `source` looks like."""
    pieces = re.split(r"%\((\w+)\)s", source)
    plain = [re.escape(one.replace("%%", "%")) for one in pieces[::2]]
    named = [f"(?P<{name}>.+?)" for name in pieces[1::2]]
    return re.compile("".join(one for pair in zip(plain, [*named, ""], strict=True) for one in pair), re.S)


Kept = tuple[tuple[str, Mapping[str, str | tuple[str, ...]]], ...]
"""A problem as it is stored: its sentences, values as text, lists as lists."""


def kept(text: str) -> Kept:
    """What is stored of a problem, so that it can be said again in any language."""
    sentences = text.sentences if isinstance(text, Said) else ((str(text), {}),)
    return tuple(
        (
            str(source),
            {
                name: tuple(map(str, value)) if isinstance(value, Listed) else str(value)
                for name, value in values.items()
            },
        )
        for source, values in sentences
    )


def said_again(stored: Kept) -> Said:
    """The problem. A value that is in a catalogue, as the name of a step, is said in its language too."""
    return Said.joined_sentences(
        (
            source,
            {
                name: Said(value) if isinstance(value, str) else Listed(map(Said, value))
                for name, value in values.items()
            },
        )
        for source, values in stored
    )
