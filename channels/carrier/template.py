"""Requests that send: what an account says alike in each is packed once; number and content are put in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from channels.carrier.alphabet import Format
from channels.carrier.long_text import Piece

_KEPT = 1024


@dataclass(frozen=True, slots=True)
class Template:
    """A body around the two things that differ. before, between, behind: of the number and of the content.

    most: characters of a number. width: bytes it fills up. count: bytes of the content's length, which stands
    right before the content.
    """

    before: bytes
    between: bytes
    behind: bytes
    most: int
    width: int = 0
    count: int = 1

    def filled(self, destination: str, content: bytes) -> bytes:
        """The body of one request. Raises `OverflowError` for a content whose length does not fit."""
        number = destination.encode("ascii", "replace")[: self.most].ljust(self.width, b"\0")
        length = len(content).to_bytes(self.count, "big")
        return b"".join((self.before, number, self.between, length, content, self.behind))


Shape = Callable[[str, Format, int, int], Template]
"""For the number it is sent from, an alphabet, and the total and the number of a part."""


class Templates:
    """Those of one account, made when they are asked for."""

    def __init__(self, make: Shape) -> None:
        self._of = lru_cache(_KEPT)(make)

    def body(self, source: str, destination: str, part: Piece) -> bytes:
        """Of the request that sends one part."""
        return self._of(source, part.form, part.total, part.number).filled(destination, part.content)
