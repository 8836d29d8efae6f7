"""The pieces of a text that are looked up: its characters and its pairs of neighbours, as numbers.

There are no spaces to cut Chinese at, and a pair survives a typo beside it. A character is its code point, a
pair the first one's times 65,536 plus the second's: texts that went through `text.normalise` and
`sound.sound` have no code point above that. As numbers, the pieces of a hundred thousand texts are sorted
and looked up without a Python object each.
"""

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint64]

_PAIR = np.uint64(16)


def grams(text: str) -> Codes:
    """The characters of `text`, in order."""
    return np.frombuffer(text.encode("utf-16-le"), np.uint16).astype(np.uint64)


def pairs(text: str) -> Codes:
    """The pairs of neighbours in `text`, in order."""
    single = grams(text)
    found: Codes = (single[:-1] << _PAIR) | single[1:]
    return found


def neighbours(lines: str) -> Codes:
    """The pairs of neighbours within each line."""
    found = pairs(lines)
    line_end = np.uint64(ord("\n"))
    kept: Codes = found[((found >> _PAIR) != line_end) & ((found & np.uint64(0xFFFF)) != line_end)]
    return kept
