"""Rows of a file on their way: what was read, what was not taken, how it adds up."""

from __future__ import annotations

import csv
import io
from array import array
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from campaigns.importing.row import CONFLICTS, REJECTED
from hub.actions.campaigns.recipients.taker import Merged
from hub.model.recipients.contact_import import ImportState, RejectedRow, Totals, added

_PARTS = 16


@dataclass(slots=True)
class Reading:
    """A file that is being read, and what looking at it has to remember.

    at: behind how many rows it stands, -1 while a chunk is on its way into the store: whoever finds another
    number there than the store has opens the file anew.
    """

    key: tuple[str, ImportState, int]
    source: BinaryIO
    lines: Iterator[tuple[int, list[str]]]
    new: array[int] = field(default_factory=lambda: array("Q"))
    tag_sets: set[tuple[str, ...]] = field(default_factory=set)
    at: int = 0
    is_fresh: bool = True
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows: those that can be read, with their lines; those that cannot, with their cells as they are.
    read_bytes: how far in the file they end, 0 = not known. is_last: whether it is the end."""

    rows: tuple[tuple[int, Any], ...]
    rejected: tuple[RejectedRow, ...]
    read_bytes: int
    is_last: bool

    def totals(self, merged: Merged) -> Totals:
        """What the chunk adds."""
        reasons = Counter(row.reason for row in (*self.rejected, *merged.rejected))
        counted = added(Totals(), rows=len(self.rows) + len(self.rejected), rejected=reasons)
        return added(summed(counted, merged.totals), conflicts=len(merged.conflicts))

    def told(self, merged: Merged) -> list[RejectedRow]:
        """Every row that is not taken, in the order of the file."""
        waiting = [RejectedRow(one.line, one.reason, one.what) for one in merged.conflicts]
        return sorted((*self.rejected, *merged.rejected, *waiting), key=lambda row: row.line)


def summed(totals: Totals, more: Totals) -> Totals:
    return added(totals, **{name: getattr(more, name) for name in Totals.__dataclass_fields__})


def repeated(keys: array[int]) -> int:
    """How many stand there a second time. Part by part: a set of two million numbers is 200 MB."""
    kinds = sum(len({key for key in keys if key % _PARTS == part}) for part in range(_PARTS))
    return len(keys) - kinds


def csv_line(row: RejectedRow) -> str:
    """One line of the file of rejected rows. What begins like a formula is made a text (OWASP)."""
    text = f"'{row.cell}" if row.cell.startswith(("=", "+", "-", "@", "\t", "\r")) else row.cell
    words = REJECTED.get(row.reason) or CONFLICTS[row.reason]
    out = io.StringIO()
    csv.writer(out).writerow((row.line, words[0], text))
    return out.getvalue()
