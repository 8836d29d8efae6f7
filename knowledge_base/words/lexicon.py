"""Words that mean the same, as data: each is replaced by one canonical word before texts are compared.

The shipped lexicon is `data/lexicon.toml`, written from how people speak; an office can give its own. A text
is cut into words first, in the most likely way (the words of the lexicon are likelier than any others), so
that 打 in 打算 is nobody's blow. A canonical word is never replaced again.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import NamedTuple

from knowledge_base.text.normalise import normalise
from knowledge_base.text.tables import data_text
from knowledge_base.words.vocabulary import Vocabulary, shipped_vocabulary

KNOWN = -7.0
"""The chance (logarithm) of a word of the lexicon: likelier than any two words that are not in it."""
UNKNOWN = -17.0
_CHOICE = re.compile(r"\(([^()]*)\)")
NOT_GROUPS = ("near", "slot")
"""The tables of the TOML file that are not groups of words of one meaning."""


class Word(NamedTuple):
    """A word of a text: as `said`, and the canonical word that `meant` the same (or itself)."""

    said: str
    meant: str


@dataclass(frozen=True, slots=True)
class Reading:
    """`canonical`: the text with every known word replaced; `words`: all its words, in order."""

    canonical: str
    words: tuple[Word, ...]


def choices(word: str) -> Iterator[str]:
    """What (a|b|) stands for, one word each."""
    found = _CHOICE.search(word)
    if found is None:
        yield word
        return
    for choice in found[1].split("|"):
        yield from choices(word[: found.start()] + choice + word[found.end() :])


@dataclass(frozen=True, slots=True)
class Lexicon:
    """`meanings`: the canonical words of each word, mostly one. `near`: for a canonical word those that are
    related, with how much (0..1). `slots`: for a canonical word the name of what it is a value of; two values
    of one slot exclude each other (换证, 补证). `aspects`: the canonical words for what is asked about a
    service (费用); `asking`: those for how a question is asked (怎么)."""

    meanings: Mapping[str, tuple[str, ...]]
    near: Mapping[str, Mapping[str, float]]
    slots: Mapping[str, str]
    aspects: frozenset[str]
    asking: frozenset[str]
    vocabulary: Vocabulary = field(repr=False)
    chances: Mapping[str, float] = field(init=False, repr=False)
    _longest: Mapping[str, int] = field(init=False, repr=False)
    _shares: Mapping[str, float] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        common = self.vocabulary.chances
        chances = dict(common)
        chances.update(
            (word, max(KNOWN, common.get(word, UNKNOWN)) if len(word) > 1 else common.get(word, UNKNOWN))
            for word in self.meanings
        )
        longest: dict[str, int] = {}
        for word in chances:
            if len(word) > longest.get(word[:2], 1):
                longest[word[:2]] = len(word)
        shares: dict[str, float] = {}
        for word, meant in self.meanings.items():
            for meaning in meant:
                shares[meaning] = shares.get(meaning, 0.0) + self.vocabulary.word_share(word)
        object.__setattr__(self, "chances", chances)
        object.__setattr__(self, "_longest", longest)
        object.__setattr__(self, "_shares", shares)

    @classmethod
    def read_toml(cls, toml: str, vocabulary: Vocabulary | None = None) -> "Lexicon":
        """A lexicon from TOML: tables of `canonical = "word word"`, where (a|b|) stands for each of its
        choices and a plus stands between several canonical words; `[slot]` with `name = "canonical words"`;
        `[near]` with `related`, a list of canonical words that are related to each other.

        A word that two groups list belongs to the first; a canonical word always stands for itself.
        """
        data = tomllib.loads(toml)
        canonicals = {
            normalise(word)
            for name, table in data.items()
            if name not in NOT_GROUPS
            for written in table
            for word in written.split("+")
        }
        meanings: dict[str, tuple[str, ...]] = {}
        for name, table in data.items():
            if name not in NOT_GROUPS:
                for written, others in table.items():
                    meant = tuple(normalise(word) for word in written.split("+"))
                    for word in (
                        *meant[:1][len(meant) - 1 :],
                        *(word for part in others.split() for word in choices(part)),
                    ):
                        plain = normalise(word)
                        if plain and ((plain,) == meant or plain not in canonicals):
                            meanings.setdefault(plain, meant)
        meanings.update((word, (word,)) for word in canonicals)
        near: dict[str, dict[str, float]] = {}
        for group in data.get("near", {}).get("related", ()):
            related = group.split()
            for one in related:
                others = {other: RELATED for other in related if other != one}
                near.setdefault(one, {}).update(others)
        slots = {value: name for name, values in data.get("slot", {}).items() for value in values.split()}
        aspects = frozenset(normalise(written) for written in data.get("side", ()))
        asking = frozenset(normalise(written) for written in data.get("asking", ()))
        return cls(meanings, near, slots, aspects, asking, vocabulary or shipped_vocabulary())

    def with_groups(self, groups: Iterable[tuple[str, Iterable[str]]]) -> "Lexicon":
        """A lexicon that knows an office's words too: each group a name and what people say for it.

        What is said reads as the name reads here, so 身份证补领 stands for 身份证 and 补办; a name of which
        nothing is known is a new canonical word. A group wins over this lexicon, but a canonical word always
        stands for itself. What can be wrong with groups is told by `word_group`; here it has no effect.
        """
        meanings = dict(self.meanings)
        names: dict[str, tuple[str, ...]] = {}
        for name, words in groups:
            plain = normalise(name)
            read = self.read(plain).words
            if any(word.said in self.meanings for word in read):
                meant = tuple(word.meant for word in read)
            else:
                meant = names[plain] = (plain,)
            for word in words:
                said = normalise(word)
                if said and plain and not self.is_canonical(said):
                    meanings[said] = meant
        meanings.update((name, meant) for name, meant in names.items() if name)
        return replace(self, meanings=meanings)

    def is_canonical(self, word: str) -> bool:
        """Whether this word (normalised) is one that others stand for."""
        return self.meanings.get(word) == (word,)

    def read(self, text: str) -> Reading:
        """`text` (normalised) cut into words, each with its meaning."""
        return self.meant(self.cut(text))

    def meant(self, cut: Iterable[str]) -> Reading:
        """What these words mean; a meaning that comes twice in a row (可以委托他人代办) is written once."""
        meanings = self.meanings
        words: list[Word] = []
        parts: list[str] = []
        for said in cut:
            for meant in meanings.get(said, (said,)):
                words.append(Word(said, meant))
                if not parts or parts[-1] != meant or meant not in meanings:
                    parts.append(meant)
        return Reading("".join(parts), tuple(words))

    def cut(self, text: str) -> list[str]:
        """`text` in its most likely words; numbers and Latin words stay whole."""
        chances, longest, size = self.chances.get, self._longest.get, len(text)
        best = [0.0] * (size + 1)
        ends = [0] * (size + 1)
        for at in range(size - 1, -1, -1):
            end = at + 1
            if text[at] <= "z":
                while end < size and text[end] <= "z":
                    end += 1
            top, top_end = chances(text[at:end], UNKNOWN) + best[end], end
            for later in range(end + 1, min(size, at + longest(text[at : at + 2], 1)) + 1):
                chance = chances(text[at:later])
                if chance is not None and chance + best[later] > top:
                    top, top_end = chance + best[later], later
            best[at], ends[at] = top, top_end
        words, at = [], 0
        while at < size:
            words.append(text[at : ends[at]])
            at = ends[at]
        return words

    def longest(self, begin: str) -> int:
        """The length of the longest word that begins with these two characters, 1 for none."""
        return self._longest.get(begin, 1)

    def share_of_texts(self, meant: str) -> float:
        """The share of short texts in general that have a word of this meaning."""
        share = self._shares.get(meant)
        return self.vocabulary.word_share(meant) if share is None else min(1.0, share)


RELATED = 0.5
"""How much a related word is worth, as a share of the same one."""


@cache
def shipped_lexicon() -> Lexicon:
    return Lexicon.read_toml(data_text("lexicon.toml"))
