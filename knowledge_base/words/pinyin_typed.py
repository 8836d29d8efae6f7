"""What was meant by a text typed in pinyin, without tones: shenfenzheng diule zenme bu → 身份证丢了怎么补.

The letters are cut into as few syllables as may be; of the words that sound so the most likely line wins,
where a word of the knowledge base is likelier than others. A text with a word that is no pinyin is left as it
is: it is English, or a name.
"""

import re
from functools import cache

from knowledge_base.text.sound import sound
from knowledge_base.text.tables import table_lines
from knowledge_base.words.spelling import LONGEST, Spelling

LEAST = 3
"""Syllables of a text in pinyin alone; fewer may be a name or laughter."""
LEAST_BETWEEN = 2
"""Syllables of pinyin between Han characters (gangao通行证)."""
MOST = 120
"""Characters of a text that is looked at."""
_LETTERS = re.compile(r"[a-z]+(?:['’ ]+[a-z]+)*", re.IGNORECASE)
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_LONGEST_SYLLABLE = 6


def may_be_pinyin(text: str) -> bool:
    """Whether a text is short enough and has letters: a look that costs nothing."""
    return len(text) <= MOST and _LETTERS.search(text) is not None


def from_pinyin(text: str, spelling: Spelling) -> str:
    """`text` (see `may_be_pinyin`) with what is typed in pinyin written out; itself when nothing is."""
    mixed = _HAN.search(text) is not None
    pieces = []
    at = 0
    for found in _LETTERS.finditer(text):
        readings = [_cut(found[0], long_first=long_first) for long_first in (True, False)]
        if len(readings[0]) >= (LEAST_BETWEEN if mixed else LEAST):
            _, written = max(_written(signs, spelling) for signs in readings)
            pieces += [text[at : found.start()], written]
            at = found.end()
        elif not mixed:
            return text
    return "".join(pieces) + text[at:]


def _cut(letters: str, *, long_first: bool) -> str:
    """A sign for each syllable (see `sound`), as few as may be; "" when a part is none. `long_first`: of two
    ways the one whose first syllables are longer (gang ao, not gan gao)."""
    cut = ""
    for word in re.split(r"[^a-z]+", letters.lower()):
        best: list[str | None] = [""]
        for end in range(1, len(word) + 1):
            begins = range(max(0, end - _LONGEST_SYLLABLE), end)
            ends = [
                before + sign
                for begin in (reversed(begins) if long_first else begins)
                if (before := best[begin]) is not None and (sign := _signs().get(word[begin:end]))
            ]
            best.append(min(ends, key=len, default=None))
        if not best[-1]:
            return ""
        cut += best[-1]
    return cut


@cache
def _signs() -> dict[str, str]:
    """How each syllable sounds."""
    signs = {}
    for line in table_lines("pinyin.txt"):
        syllable, characters = line.split(" ")
        if len(syllable) > 1:  # n is half of many English words
            signs[syllable] = sound(characters[0])
    return signs


def _written(heard: str, spelling: Spelling) -> tuple[float, str]:
    """The most likely line of words that sound like this, and its chance (logarithm)."""
    size = len(heard)
    best = [0.0] * (size + 1)
    chosen: list[tuple[str, int]] = [("", 0)] * (size + 1)
    for at in range(size - 1, -1, -1):
        word, after = spelling.alone.get(heard[at], ""), at + 1
        top = spelling.chance(word) + best[after]
        for end in range(at + 2, min(size, at + LONGEST) + 1):
            for said in spelling.said.get(heard[at:end], "").split():
                chance = spelling.chance(said) + best[end]
                if chance > top:
                    top, word, after = chance, said, end
        best[at], chosen[at] = top, (word, after)
    written, at = "", 0
    while at < size:
        word, at = chosen[at]
        written += word
    return best[0], written
