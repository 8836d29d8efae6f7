"""What was probably meant by a text with wrong characters.

A recogniser, and who types by sound, writes a word that sounds right (身份正, 架照); a finger that slips
changes the places of two characters, or types one twice. Every run of syllables may be the word it spells or
another of the same sound; the most likely line of words wins, where a word of the knowledge base is likelier
than others, and each change has its price.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from knowledge_base.text.sound import sound
from knowledge_base.words.deletion_index import DeletionIndex
from knowledge_base.words.lexicon import UNKNOWN, Lexicon, Word

HEARD = 2.5
TYPED = 3.5
"""The price of a character that is not the one written, as a logarithm: a recogniser errs more often."""
SLIP = 5.0
"""The price of two characters that changed places, or one typed twice."""
FORGOTTEN = 6.0
"""The price of a character that is missing in a word."""
READABLE = 2.5
"""What it costs more when what is left of a longer word can be read as it stands: 怎么换 has lost nothing."""
ALONE = -5.0
"""A character of a smaller chance than this that is a word of its own is odd."""
LOCAL = 0.5
"""How much of a word's chance comes from the knowledge base, the rest from the language."""
LONGEST = 6
SHORTEST = 2
ALIKE = 4
"""How many words of one sound are weighed, the most common first."""


@dataclass(frozen=True, slots=True, eq=False)
class Spelling:
    """`said`: for the sound of a word the words that sound so, with a space between them (mostly it is one
    word, and a tuple for each would take more memory than the words); `local`: how often each word stands in
    the knowledge base, `total` the sum of that; `forgotten`: what is left of words
    without one of their characters."""

    lexicon: Lexicon
    said: Mapping[str, str]
    alone: Mapping[str, str]
    local: Mapping[str, int]
    total: int
    forgotten: DeletionIndex

    @classmethod
    def of(cls, lexicon: Lexicon, local: Mapping[str, int]) -> "Spelling":
        said: dict[str, str] = {}
        chances = lexicon.chances
        for word in chances:
            if SHORTEST <= len(word) <= LONGEST:
                heard = sound(word)
                others = said.get(heard)
                said[heard] = f"{others} {word}" if others else word
        for heard, words in said.items():
            if " " in words:
                alike = sorted(words.split(" "), key=lambda word: (-local.get(word, 0), -chances[word]))
                said[heard] = " ".join(alike[:ALIKE])
        single = sorted([word for word in chances if len(word) == 1], key=lambda word: chances[word])
        single += sorted([word for word in local if len(word) == 1], key=lambda word: local[word])
        alone = {sound(word): word for word in single}
        return cls(
            lexicon, said, alone, local, sum(local.values()), DeletionIndex.of(_by_use(lexicon, local))
        )

    def understand(self, text: str, words: Iterable[Word], *, speech: bool = True) -> str:
        """`text` (normalised, read as `words`) with the words that were probably meant; itself when nothing
        is likelier."""
        if not speech and not self._odd(words):
            return text
        heard, size = sound(text), len(text)
        fuller = {} if speech else self.forgotten.within(text)
        price = HEARD if speech else TYPED
        best = [0.0] * (size + 1)
        chosen: list[tuple[str, int]] = [("", 0)] * (size + 1)
        for at in range(size - 1, -1, -1):
            top, word, after = self.chance(text[at]) + best[at + 1], text[at], at + 1
            for end in range(at + SHORTEST, min(size, at + LONGEST) + 1):
                alike = self.said.get(heard[at:end])
                for said in alike.split() if alike else ():
                    changed = sum([a != b for a, b in zip(said, text[at:end], strict=True)])
                    chance = self.chance(said) - price * changed + best[end]
                    if chance > top:
                        top, word, after = chance, said, end
            if not speech:
                if text[at : at + 1] == text[at + 1 : at + 2] and best[at + 1] - SLIP > top:  # typed twice
                    top, word, after = best[at + 1] - SLIP, "", at + 1
                for end, whole in fuller.get(at, ()):
                    chance = self.chance(whole) - FORGOTTEN + best[end]
                    if chance > top and end - at > 2 and self._readable(text[at:end]):
                        chance -= READABLE
                    if chance > top:
                        top, word, after = chance, whole, end
                for slip, chance, end in self._turned(text, at):
                    if chance + best[end] > top:
                        top, word, after = chance + best[end], slip, end
            best[at], chosen[at] = top, (word, after)
        meant, at = [], 0
        while at < size:
            word, at = chosen[at]
            meant.append(word)
        return "".join(meant)

    def _odd(self, words: Iterable[Word]) -> bool:
        """Whether a character stands alone that seldom does."""
        chances, asking = self.lexicon.chances, self.lexicon.asking
        return any(
            len(word.said) == 1 and word.meant not in asking and chances.get(word.said, UNKNOWN) < ALONE
            for word in words
        )

    def _readable(self, piece: str) -> bool:
        """Whether every character that stands alone in it is a word."""
        return all(len(word) > 1 or word in self.lexicon.meanings for word in self.lexicon.cut(piece))

    def _turned(self, text: str, at: int) -> Iterator[tuple[str, float, int]]:
        """What may have been meant from `at` on if two characters changed places: the words, their chance
        less its price, where they end."""
        chances = self.lexicon.chances
        rest = text[at : at + LONGEST + 1]
        begins = (rest[1:2] + rest[:1], rest[:1] + rest[2:3], rest[:2])
        most = [self.lexicon.longest(begin) for begin in begins]
        for end in range(2, min(LONGEST, len(rest), max(most)) + 1):
            for turn in range(end - 1):  # two characters changed places within a word
                if end > most[min(turn, 2)] or rest[turn] == rest[turn + 1]:
                    continue
                word = f"{rest[:turn]}{rest[turn + 1]}{rest[turn]}{rest[turn + 2 : end]}"
                if word in chances:
                    yield word, self.chance(word) - SLIP, at + end
        for turn in range(1, min(4, len(rest) - 2)):  # … or over the end of a word
            first = rest[:turn] + rest[turn + 1]
            if first in chances:
                for end in range(turn + 2, min(turn + 5, len(rest)) + 1):
                    second = rest[turn] + rest[turn + 2 : end]
                    if len(second) > 1 and second in chances:
                        yield first + second, self.chance(first) + self.chance(second) - SLIP, at + end

    def chance(self, word: str) -> float:
        """How likely a word is, as a logarithm: here and in general."""
        common = self.lexicon.chances.get(word, UNKNOWN)
        local = self.local.get(word, 0)
        if not local or not self.total:
            return common
        return math.log((1 - LOCAL) * math.exp(common) + LOCAL * local / self.total)


def _by_use(lexicon: Lexicon, local: Mapping[str, int]) -> list[str]:
    """The words of the knowledge base and of the lexicon, the most common first, here before in general."""
    words = dict.fromkeys((*local, *lexicon.meanings))
    return sorted(words, key=lambda word: (-local.get(word, 0), -lexicon.chances.get(word, UNKNOWN)))
