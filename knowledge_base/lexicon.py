"""Words that mean the same, as data: each is replaced by one canonical word before texts are compared.

The shipped lexicon is `data/lexicon.toml`, written from how people speak; an office can give its own. Longest
match from the left, once: a canonical word is never replaced again, and standing in the table it protects the
words inside it.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

from knowledge_base.shelf import data_text
from knowledge_base.text import normalise


@dataclass(frozen=True, slots=True)
class Reading:
    """`canonical`: the text with every known word replaced; `words`: the canonical words that were found in
    it."""

    canonical: str
    words: frozenset[str]


class Kind(StrEnum):
    """What a word does in a question; the tables of the TOML file."""

    ASKING = "asking"
    SIDE = "side"
    THING = "thing"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Lexicon:
    """`by_first`: for a first character its words, longest first, each with what it becomes. `kinds`: the
    kind of every canonical word. `weak`: the characters that ask rather than say what about. `by_start`: the
    same words by their first two characters, and those of one character by that one: a reading looks at one
    or two words per character instead of fifty."""

    by_first: Mapping[str, tuple[tuple[str, str], ...]]
    kinds: Mapping[str, Kind]
    weak: frozenset[str]
    by_start: Mapping[str, tuple[tuple[str, str], ...]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        by_start: dict[str, list[tuple[str, str]]] = {}
        for found in self.by_first.values():
            for word, canonical in found:
                by_start.setdefault(word[:2], []).append((word, canonical))
        object.__setattr__(self, "by_start", {start: tuple(found) for start, found in by_start.items()})

    @classmethod
    def read_toml(cls, toml: str) -> "Lexicon":
        """A lexicon from TOML: per kind a table of `canonical = [words]`, and `weak`, a string of
        characters."""
        data = tomllib.loads(toml)
        words: dict[str, str] = {}
        kinds: dict[str, Kind] = {}
        for kind in Kind:
            for written, others in data.get(kind, {}).items():
                canonical = normalise(written)
                kinds[canonical] = kind
                words.update((normalise(word), canonical) for word in (*others, written))
        words.pop("", None)
        by_first: dict[str, list[tuple[str, str]]] = {}
        for word in sorted(words, key=len, reverse=True):
            by_first.setdefault(word[0], []).append((word, words[word]))
        return cls({first: tuple(found) for first, found in by_first.items()}, kinds, frozenset(data["weak"]))

    def read(self, text: str) -> Reading:
        """`text` (normalised) read with this lexicon, longest word first, from the left."""
        parts: list[str] = []
        words: set[str] = set()
        starting, at, end = self.by_start.get, 0, len(text)
        while at < end:
            first = text[at]
            for word, canonical in (*starting(text[at : at + 2], ()), *starting(first, ())):
                if text.startswith(word, at):
                    if not parts or parts[-1] != canonical:  # 可以委托他人代办 says 代办 once
                        parts.append(canonical)
                    words.add(canonical)
                    at += len(word)
                    break
            else:
                parts.append(first)
                at += 1
        return Reading("".join(parts), frozenset(words))

    def of_kind(self, reading: Reading, kind: Kind) -> frozenset[str]:
        """The words of a reading that are of this kind."""
        return frozenset(word for word in reading.words if self.kinds[word] is kind)


@cache
def shipped_lexicon() -> Lexicon:
    return Lexicon.read_toml(data_text("lexicon.toml"))
