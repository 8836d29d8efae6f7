"""References and query codes: the number a citizen can key in and the secret beside it.

`reference`: 14 digits, `YYMMDD` + 6 digits + 2 check digits (ISO 7064 MOD 97-10), so that a slip on a
telephone keypad is noticed. The six digits are the number of the case on its day, scattered under a key:
nobody can tell from two references how many cases came between them, or from a gap that one is hidden.
Before that they were the number itself; such references stay valid. `query code`: 8 digits for a contact
whose address is known, 16 for an anonymous one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from hashlib import blake2b

ROOM = 900_000
"""How many cases a day has room for. Scattered numbers begin above it, where none counted up before has come
to."""
_FIRST = 1_000_000 - ROOM
_HALF_BITS, _HALF = 10, (1 << 10) - 1
_ROUNDS = 8


def scattered(number: int, day: str, key: bytes) -> int:
    """The `number` of a case on a day, 1 to `ROOM`, as one of 100,000 to 999,999: each once, in no order
    that somebody without the key could see. Raises ValueError when the day is full.

    A Feistel network on 20 bits, walked until the result is in range (Black and Rogaway, 2002).
    """
    if not 0 < number <= ROOM:
        raise ValueError(f"a day has room for {ROOM} references")
    place = number - 1
    while True:
        left, right = place >> _HALF_BITS, place & _HALF
        for turn in range(_ROUNDS):
            mixed = blake2b(f"{day} {turn} {right}".encode(), key=key, digest_size=2).digest()
            left, right = right, left ^ (int.from_bytes(mixed) & _HALF)
        place = left << _HALF_BITS | right
        if place < ROOM:
            return _FIRST + place


def make_reference(day: str, sequence: int) -> str:
    """`day` as YYMMDD, `sequence` 1–999999 → 14 digits. Raises ValueError for another one."""
    if not 0 < sequence < 1_000_000:
        raise ValueError("a reference has six digits for its number")
    base = f"{day}{sequence:06d}"
    return f"{base}{98 - int(base) * 100 % 97:02d}"


def is_reference(text: str) -> bool:
    """14 digits with the right check digits."""
    return re.fullmatch(r"\d{14}", text) is not None and int(text) % 97 == 1


_PAIR_CHARS = 500
_OTHER_PAIR = (
    r"(?<![0-9A-Z])(?P<number>{number})[^0-9A-Za-z]{{1,12}}(?P<code>[0-9A-Za-z]{{4,20}})(?![0-9A-Z])"
)
_PAIR_DIGITS = 14 + 8
_PAIR = re.compile(r"(?<!\d)(\d{14})\D{1,12}(\d{16}|\d{8})(?!\d)")


def find_pair(text: str, others: Sequence[re.Pattern[str]] = ()) -> tuple[str, str] | None:
    """The reference and query code in a message, however they are separated, or None.

    others: the numbers of other systems, as a whole.
    """
    folded = unicodedata.normalize("NFKC", text)
    for pattern in others:
        pair = _OTHER_PAIR.format(number=pattern.pattern)
        found = re.search(pair, folded[:_PAIR_CHARS], re.IGNORECASE)
        if found:
            return found["number"].upper(), found["code"]
    if sum(map(str.isdecimal, folded)) < _PAIR_DIGITS:  # nearly every text: it costs a microsecond
        return None
    joined = re.sub(r"(?<=\d)[ \-](?=\d{4}(?:\D|$))", "", folded)
    for candidate in (folded, joined):
        for found in _PAIR.finditer(candidate):
            if is_reference(found.group(1)):
                return found.group(1), found.group(2)
    return None


_ONLY_REFERENCE = re.compile(
    r"(?:我的|我|想|要|查询编号|查询|查一下|查|编号|工单|进度|办理|是|号|[\s:，,。])*(\d{14})\D{0,12}"
)


def find_reference(text: str) -> str:
    """The reference in a message that says nothing else, or ""."""
    found = _ONLY_REFERENCE.fullmatch(unicodedata.normalize("NFKC", text[:100]).strip())
    return found[1] if found and is_reference(found[1]) else ""
