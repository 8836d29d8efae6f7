"""What somebody typed into the one box of the search: a number, a telephone, a name or words.

Digits alone are a number: 14 of them a case number, six the end of one, four the end of a telephone, and
whatever is a telephone is one. Everything else may be a name and may be words, so both ways are looked at,
the exact one first. Several words: a case must have all of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from channels.address import Address
from hub.repositories.search.search_keys import (
    INITIALS_CHARS,
    NUMBER_TAIL_DIGITS,
    TAIL_DIGITS,
    Key,
    KeyKind,
    name_key,
    typed_address,
)
from hub.store.keyed_terms import words

MAX_TYPED = 60
"""Characters of a search; the rest is cut off."""
_NUMBER_DIGITS = 14
_FEWEST_OF_ADDRESS = 5
_MOST_PARTS = 6
_MOST_LOOKS = 8
_ONE_NUMBER = re.compile(r"\+?\d+")
_SPACING = re.compile(r"[\s\-–—()]")


class FoundBy(StrEnum):
    """What of a case was what was typed."""

    NUMBER = "number"
    ADDRESS = "address"
    TAIL = "tail"
    NAME = "name"
    INITIALS = "initials"
    WORDS = "words"


_NAMED = (FoundBy.NAME, FoundBy.INITIALS)


@dataclass(frozen=True, slots=True)
class Look:
    """One way to understand it. number: a whole case number. keys, addresses, words: a case has them all."""

    by: FoundBy
    number: str = ""
    addresses: tuple[Address, ...] = ()
    keys: tuple[Key, ...] = ()
    words: tuple[str, ...] = ()

    def __and__(self, other: Look) -> Look:
        """Both at once."""
        return Look(
            other.by if self.by is FoundBy.WORDS else self.by,
            self.number or other.number,
            self.addresses + other.addresses,
            self.keys + other.keys,
            self.words + other.words,
        )


def looks(typed: str) -> list[Look]:
    """The ways to understand what was typed, the most exact first; none for nothing."""
    whole = unicodedata.normalize("NFKC", typed[:MAX_TYPED]).strip()
    number = _SPACING.sub("", whole)
    if _ONE_NUMBER.fullmatch(number):
        return list(_of_number(number))
    parts = whole.split()[:_MOST_PARTS]
    if not parts:
        return []
    found = [*_of_name(whole)] if len(parts) > 1 else []
    for ways in product(*map(_ways, parts)):
        if sum(way.by in _NAMED for way in ways) < 2:  # nobody has two names
            found.append(_all(ways))
    return found[:_MOST_LOOKS]


def _all(ways: tuple[Look, ...]) -> Look:
    first, *others = ways
    for other in others:
        first = first & other
    return first


def _ways(part: str) -> list[Look]:
    """The ways to understand one of several words; of nothing that is a word there are none."""
    number = _SPACING.sub("", part)
    if _ONE_NUMBER.fullmatch(number):
        return list(_of_number(number))
    address = typed_address(part) if "@" in part else None
    if address is not None:
        return [Look(FoundBy.ADDRESS, addresses=(address,))]
    return [*_of_name(part), *_of_initials(part), Look(FoundBy.WORDS, words=tuple(words(part)))]


def _of_number(digits: str) -> Iterator[Look]:
    if digits.isdigit() and len(digits) == _NUMBER_DIGITS:
        yield Look(FoundBy.NUMBER, number=digits)
        return
    if len(digits) == NUMBER_TAIL_DIGITS:
        yield Look(FoundBy.NUMBER, keys=((KeyKind.NUMBER_TAIL, digits),))
    elif len(digits) == TAIL_DIGITS:
        yield Look(FoundBy.TAIL, keys=((KeyKind.PHONE_TAIL, digits),))
    elif len(digits) >= _FEWEST_OF_ADDRESS and (address := typed_address(digits)) is not None:
        yield Look(FoundBy.ADDRESS, addresses=(address,))
    yield Look(FoundBy.WORDS, words=(digits,))


def _of_initials(text: str) -> Iterator[Look]:
    if text.isascii() and text.isalpha() and len(text) in INITIALS_CHARS:
        yield Look(FoundBy.INITIALS, keys=((KeyKind.INITIALS, text.lower()),))


def _of_name(text: str) -> Iterator[Look]:
    if not any(char.isdigit() for char in text):
        for key in name_key(text):
            yield Look(FoundBy.NAME, keys=(key,))
