"""Long texts: cut into parts that a handset joins, and the heads by which parts are known.

A part begins with `05 00 03 ref total number`, or with the form whose reference has two bytes (3GPP TS
23.040, section 9.2.3.24.1). The element that tells of parts need not be the first of a head.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple
from zlib import crc32

from channels.carrier.alphabet import Format, encode, encode_ucs2

MOST_PARTS = 255
_HEAD_BYTES = 6
_CONCATENATED_8, _CONCATENATED_16 = 0x00, 0x08


@dataclass(frozen=True, slots=True)
class Room:
    """Bytes that fit into a text of one part, and into each part of a longer one without its head."""

    single: int
    joined: int


ROOM = {Format.ASCII: Room(159, 153), Format.UCS2: Room(140, 134), Format.GBK: Room(140, 134)}
"""CMPP: ASCII "less than 160 bytes", everything else 140 at most, heads included."""


class Piece(NamedTuple):
    """One part as it travels. total: 1 for a text that is not cut; then the content has no head."""

    form: Format
    content: bytes
    total: int = 1
    number: int = 1

    @property
    def has_head(self) -> bool:
        return self.total > 1


def pieces(text: str, *, reference: Callable[[], int], gbk: bool = False, reserved: int = 0) -> list[Piece]:
    """A text as the parts it is sent in, none for an empty one.

    reference: 0 to 255, asked where there are several parts. reserved: characters the gateway adds itself (a
    signature), kept free in every part, because gateways differ in where they add them.
    """
    if not text:
        return []
    form, content = encode(text, gbk=gbk)
    room = ROOM[form]
    spare = reserved * (1 if form is Format.ASCII else 2)
    if len(content) <= room.single - spare:
        return [Piece(form, content)]
    cut = _cut(text, form, max(room.joined - spare, 8))
    ours = reference()
    return [
        Piece(form, head(ours, len(cut), number) + one, len(cut), number)
        for number, one in enumerate(cut, start=1)
    ]


def head(reference: int, total: int, number: int) -> bytes:
    """The six bytes before a part. Parts beyond 255 cannot be told."""
    if total > MOST_PARTS:
        raise ValueError("more parts than a head can number")
    return bytes((5, 0, 3, reference & 0xFF, total, number))


def _cut(text: str, form: Format, room: int) -> list[bytes]:
    """Filled greedily; a character is never cut."""
    parts, part = [], b""
    for character in text:
        one = _bytes_of(character, form)
        if len(part) + len(one) > room:
            parts.append(part)
            part = b""
        part += one
    return [*parts, part]


def _bytes_of(character: str, form: Format) -> bytes:
    if form is Format.UCS2:
        return encode_ucs2(character)
    return character.encode("gb18030", "replace")  # ASCII is a part of it


@dataclass(frozen=True, slots=True)
class Place:
    """Where a part belongs. reference: with its width, because both counts run beside each other."""

    reference: str
    total: int
    number: int


def split_head(content: bytes) -> tuple[Place | None, bytes]:
    """A content that begins with a head → its place, None where it tells of no parts, and what is behind.

    A head that is longer than the content, or that numbers what cannot be, is no head: nothing is cut off.
    """
    length = content[0] + 1 if content else 0
    if not length or length > len(content):
        return None, content
    place = None
    at = 1
    while at + 2 <= length:
        kind, size = content[at], content[at + 1]
        data = content[at + 2 : at + 2 + size]
        if at + 2 + size > length:
            return None, content
        if kind == _CONCATENATED_8 and size == 3:
            place = Place(f"{data[0]:02x}", data[1], data[2])
        elif kind == _CONCATENATED_16 and size == 4:
            place = Place(f"{int.from_bytes(data[:2], 'big'):04x}", data[2], data[3])
        at += 2 + size
    if place is not None and not 1 <= place.number <= place.total:
        return None, content[length:]
    return place if place and place.total > 1 else None, content[length:]


class References:
    """The reference of the next long text to a number: it counts up for each, and a text that is tried again
    keeps its own, so that a handset never joins parts of two texts."""

    def __init__(self, most: int = 20_000) -> None:
        """most: how many numbers are remembered."""
        self._last: OrderedDict[tuple[str, str], tuple[str, int]] = OrderedDict()
        self._most = most

    def of(self, source: str, destination: str, message_id: str) -> int:
        """0 to 255."""
        key = (source, destination)
        before = self._last.pop(key, None)
        if before is None:
            reference = crc32(message_id.encode()) & 0xFF
        else:
            reference = before[1] if before[0] == message_id else (before[1] + 1) & 0xFF
        self._last[key] = (message_id, reference)
        if len(self._last) > self._most:
            self._last.popitem(last=False)
        return reference
