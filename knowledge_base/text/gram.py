"""The pieces of a text that are looked up: its characters and its pairs of neighbours, as numbers.

There are no spaces to cut Chinese at, and a pair survives a typo beside it. A character is its code point, a
pair the first one's times 65,536 plus the second's: texts that went through `text.normalise` and
`sound.sound` have no code point above that. As numbers, the pieces of a hundred thousand texts are sorted
and looked up without a Python object each.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint64]

CODE_BITS = np.uint64(32)
CODE_MASK = np.uint64(0xFFFF_FFFF)
_PAIR = np.uint64(16)
_LINE_END = np.uint64(ord("\n"))


def grams(text: str) -> Codes:
    """The characters of `text`, in order."""
    return np.frombuffer(text.encode("utf-16-le"), np.uint16).astype(np.uint64)


def neighbours(lines: str) -> Codes:
    """The pairs of neighbours within each line."""
    single = grams(lines)
    found: Codes = _joined(single)[_within(single == _LINE_END)]
    return found


def codes_of(text: str, spoken: str = "") -> list[int]:
    """The different pieces of one text, ascending, with the pairs of its syllables: what `singles_of` and
    `pairs_of` give, without the cost of an array for each step."""
    single, sounds = [*map(ord, text)], [*map(ord, spoken)]
    found = {first << 16 | second for first, second in pairwise(single)}
    found.update(single)
    found.update([first << 16 | second for first, second in pairwise(sounds)])
    return sorted(found)


def singles_of(lines: Sequence[str]) -> Codes:
    """The characters of each line; before each, from the bit `CODE_BITS` on, the number of its line."""
    single, ends, numbers = _read(lines)
    found: Codes = (numbers | single)[~ends]
    return found


def pairs_of(lines: Sequence[str]) -> Codes:
    """The pairs of neighbours within each line, each with the number of its line as in `singles_of`."""
    single, ends, numbers = _read(lines)
    found: Codes = (numbers[:-1] | _joined(single))[_within(ends)]
    return found


def singles_and_pairs_of(lines: Sequence[str]) -> Codes:
    """Both."""
    single, ends, numbers = _read(lines)
    return np.concatenate(((numbers | single)[~ends], (numbers[:-1] | _joined(single))[_within(ends)]))


def _read(lines: Sequence[str]) -> tuple[Codes, NDArray[np.bool_], Codes]:
    """The characters of these lines, which of them end a line, the number of the line of each."""
    single = grams("\n".join(lines))
    ends = single == _LINE_END
    return single, ends, np.cumsum(ends, dtype=np.uint64) << CODE_BITS


def distinct(codes: Codes) -> Codes:
    """Each of `codes` once, ascending."""
    ordered = np.sort(codes)
    return ordered[np.append(True, ordered[1:] != ordered[:-1])] if len(ordered) else ordered


def _joined(single: Codes) -> Codes:
    found: Codes = (single[:-1] << _PAIR) | single[1:]
    return found


def _within(ends: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return ~(ends[:-1] | ends[1:])
