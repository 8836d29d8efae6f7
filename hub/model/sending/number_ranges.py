"""The number ranges as a book of rules: by which senders texts to a number leave, the first one that can.

The longest beginning of a number that stands in the book decides; a whole number is an exception of its own
(it was taken along to another carrier). A row that names no sender of this office decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from hub.model.cases.rule_book import BETWEEN_UNITS, BookKind, Row, RowProblem, RuleBook, checked_keys

COLUMNS = ("number", "carrier", "channels", "note")
_WHOLE = 11
_LONGEST = {"carrier": 20, "note": 200}


def number_book(shipped: Iterable[Row], channels: Collection[str]) -> RuleBook:
    """channels: the names of senders of texts that may stand in it."""
    first = tuple(shipped)
    known = frozenset(channels) | {name for row in first for name in senders_of(row)}

    def check(rows: Sequence[Row], _: Mapping[str, str]) -> list[RowProblem]:
        return checked_keys(book, rows) + [
            RowProblem(place, *found) for place, row in enumerate(rows) for found in _wrong(row, known)
        ]

    book = RuleBook(
        kind=BookKind.NUMBERS,
        columns=COLUMNS,
        needed=("number", "channels"),
        key=("number",),
        check=check,
        part=lambda row: "number" if len(row["number"]) == _WHOLE else "range",
        is_statutory=lambda _: False,
        shipped=tuple(sorted(first, key=lambda row: row["number"])),
    )
    return book


def senders_of(row: Row) -> tuple[str, ...]:
    """The channels of a row, in their order."""
    return tuple(name for part in row["channels"].split(BETWEEN_UNITS) if (name := part.strip()))


class Ranges:
    """The book as it is asked. senders: those that are there; others are passed over."""

    def __init__(self, rows: Iterable[Row], senders: Collection[str]) -> None:
        self._by_start = {
            row["number"]: tuple(name for name in senders_of(row) if name in senders) for row in rows
        }
        self.senders = frozenset(name for names in self._by_start.values() for name in names)
        """All that the book speaks of."""

    def of(self, number: str) -> tuple[str, ...]:
        """For a mobile number of eleven digits; () when the book says nothing of it."""
        for length in range(len(number), 0, -1):
            found = self._by_start.get(number[:length])
            if found is not None:
                return found
        return ()


def _wrong(row: Row, known: frozenset[str]) -> Iterator[tuple[str, str, str]]:
    """What is wrong with one row: field, Chinese, English."""
    if row["number"] and not re.fullmatch(r"1[3-9][0-9]{0,9}", row["number"]):
        yield "number", "应是手机号的前 2 到 10 位，或完整的 11 位", "must be 2 to 10 first digits, or all 11"
    names = senders_of(row)
    for name in names:
        if name not in known:
            yield "channels", f"没有名为“{name[:40]}”的短信渠道", "no channel for texts has this name"
    if len(set(names)) < len(names):
        yield "channels", "同一个渠道写了两次", "names a channel twice"
    for field, most in _LONGEST.items():
        if len(row[field]) > most:
            yield field, f"超过 {most} 字", f"longer than {most} characters"
