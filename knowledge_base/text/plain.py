"""The bare characters of a text, for comparing it with words that are listed somewhere.

NFKC, lower case, traditional to simplified, signs like ② and ❷ as digits, and nothing but letters, digits
and Han characters: 轉 人 工！ is 转人工, and a zero-width blank hides no word. Unlike `text.normalise` it
takes out no filler and turns no numeral, because here every character may be the answer.
"""

import re
import unicodedata
from functools import cache, lru_cache

from knowledge_base.text.tables import table_lines

MAX_CHARS = 1000
"""Longer texts are cut: what is compared here is a short reply."""

_NOTHING = re.compile(r"[\W_]+")


@cache
def _simpler() -> dict[int, str]:
    pairs = {ord(pair[0]): pair[1] for line in table_lines("traditional.txt") for pair in line.split()}
    # Signs that NFKC leaves as they are: ❶ ➀ ➊ and their relatives.
    digits = {code: str(unicodedata.digit(chr(code))) for code in range(0x2776, 0x2794) if _is_digit(code)}
    return pairs | digits


def _is_digit(code: int) -> bool:
    return unicodedata.digit(chr(code), None) is not None


_SHORT = 200
_REMEMBERED = 2048
"""Short texts whose form is remembered, 2 MB at most: many rules look at one text, each for itself."""


def simplified(text: str) -> str:
    """NFKC, lower case and simplified characters; signs and blanks stay."""
    return _remembered(text) if len(text) <= _SHORT else _made(text)


def _made(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().translate(_simpler())


_remembered = lru_cache(_REMEMBERED)(_made)


def plain(text: str) -> str:
    """The letters, digits and Han characters of `text`, one after the other."""
    return bare(simplified(text[:MAX_CHARS]))


def bare(simple: str) -> str:
    """A simplified text without signs and blanks."""
    return _NOTHING.sub("", simple)
