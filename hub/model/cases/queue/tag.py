"""标签: a word of the office for cases, never a word of a citizen.

A case holds the tags it has as one number (`Case.tags`): the bit of each. So the store counts cases by the
sets of tags they have, and a list of one tag is read from the same index as everything else of the queue.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hub.model.personal import personal

MOST_TAGS = 48
"""Of one office, with those that are not used any more: a number is never given again."""
LONGEST_NAME = 12


@dataclass(frozen=True, slots=True)
class Tag:
    """One word. id: its number, 0 to 47, as text. retired_at: since when nobody puts it on (ms UTC), 0 = it
    is in use."""

    id: str
    changed_at: int
    changed_by: str
    retired_at: int = 0
    name: str = personal()

    @property
    def bit(self) -> int:
        """Its share of `Case.tags`."""
        return bit_of(self.id)


def bit_of(tag_id: str) -> int:
    """Of an id; 0 for what is no id."""
    is_number = tag_id.isascii() and tag_id.isdecimal() and len(tag_id) < 3 and str(int(tag_id)) == tag_id
    return 1 << int(tag_id) if is_number and int(tag_id) < MOST_TAGS else 0


def bits_of(tag_ids: Iterable[str]) -> int:
    """All of them together."""
    bits = 0
    for id in tag_ids:
        bits |= bit_of(id)
    return bits


def ids_of(bits: int) -> tuple[str, ...]:
    """The ids of what a case has."""
    return tuple(str(number) for number in range(MOST_TAGS) if bits >> number & 1)
