"""Numbers in what the hub and its staff say, as something to press: telephones, a case to follow."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_PAIR = re.compile(
    r"(?<!\d)(?P<reference>\d{4} ?\d{4} ?\d{4} ?\d{2})(?!\d)\D{1,40}"
    r"(?<!\d)(?P<code>\d{4} ?\d{4}(?: ?\d{4} ?\d{4})?)(?!\d)"
)
"""A reference, at most so much that is no digit, a query code; in groups of four or without."""
_DIALLED = re.compile(
    r"(?<![\d.-])(?:110|119|120|122|12110|12123|12345|12337|12348|12356|12367|12389|96110)(?![\d.-]|%|[年月日元天分])"
)
_TEXTED = "12110"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text. href: where pressing it leads, "" for words."""

    text: str
    href: str = ""


def pieces(text: str) -> Iterator[Piece]:
    """The text, public numbers apart; 12110 takes texts."""
    at = 0
    for found in _DIALLED.finditer(text):
        if found.start() > at:
            yield Piece(text[at : found.start()])
        number = found[0]
        yield Piece(number, f"{'sms' if number == _TEXTED else 'tel'}:{number}")
        at = found.end()
    if at < len(text):
        yield Piece(text[at:])


def pair_in(text: str) -> tuple[str, str] | None:
    """Reference and query code where both stand in the text, in digits only."""
    found = _PAIR.search(unicodedata.normalize("NFKC", text))
    return (_bare(found["reference"]), _bare(found["code"])) if found else None


def _bare(text: str) -> str:
    return text.replace(" ", "")
