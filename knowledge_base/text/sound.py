"""How a text sounds: one private-use character per syllable, with the pairs merged that accents and
recognisers confuse.

Two texts that sound alike get equal strings, and an edit distance over them counts syllables. No tones; zh/z,
ch/c, sh/s, n/l, f/h and the endings ng/n count as the same, as southern speakers and speech recognition mix
them. A character with several readings is taken by its first one on both sides, so that it stays equal to
itself.
"""

import re
from functools import cache

from knowledge_base.text.tables import table_lines

_FIRST_SYLLABLE = 0xE000


@cache
def _syllables() -> dict[int, str]:
    table: dict[int, str] = {}
    signs: dict[str, str] = {}
    for line in table_lines("pinyin.txt"):
        syllable, characters = line.split(" ")
        sign = signs.setdefault(merged(syllable), chr(_FIRST_SYLLABLE + len(signs)))
        table.update(dict.fromkeys(map(ord, characters), sign))
    return table


def merged(syllable: str) -> str:
    """The syllable as the least careful speaker would say it: zhang → zan, huang → huan, nan → lan."""
    syllable = re.sub(r"^(z|c|s)h", r"\1", syllable)
    syllable = re.sub(r"^f", "h", re.sub(r"^n(?=.)", "l", syllable))
    return re.sub(r"(?<=[aei])ng$", "n", syllable)


def sound(text: str) -> str:
    """`text` (normalised) with each known character replaced by the sign of its syllable; others stay as they
    are."""
    return text.translate(_syllables())
