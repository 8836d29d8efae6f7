"""Requests that send: what an account says alike in each is packed once; number and content are put in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from channels.carrier.alphabet import Format
from channels.carrier.long_text import Piece


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


Shape = Callable[[Format, int, int], Template]
"""For an alphabet, and for the total and the number of a part."""


class Templates:
    """Those of one account, made when they are asked for."""

    def __init__(self, make: Shape) -> None:
        self._make = make
        self._made: dict[int, Template] = {}

    def body(self, destination: str, part: Piece) -> bytes:
        """Of the request that sends one part."""
        shape = part.form | part.total << 8 | part.number << 16
        template = self._made.get(shape)
        if template is None:
            template = self._made[shape] = self._make(part.form, part.total, part.number)
        return template.filled(destination, part.content)
