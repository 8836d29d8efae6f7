"""What a kind of file has to say to be taken in: how its rows are read, and what they change.

The flow (`import_contacts.py`) keeps files, steps, progress, errors, cancel and resume; a taker decides about
rows and writes nothing itself. It decides the same while a file is looked at and while it is taken.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from hub.model.recipients.contact_import import ContactImport, ImportConflict, RejectedRow, Totals
from hub.store.documents import Write

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Merged:
    """What rows change. writes: what taking them writes; while a file is only looked at nobody asks for them.
    totals: what became of them, without those in
    `rejected` and `conflicts`. new: blind indexes of addresses nobody had, each once. rejected: rows refused
    by what is stored, with their cells as they stand in the file. tallies: see `ContactImport`."""

    writes: tuple[Write, ...] = ()
    totals: Totals = field(default_factory=Totals)
    new: tuple[str, ...] = ()
    rejected: tuple[RejectedRow, ...] = ()
    conflicts: tuple[ImportConflict, ...] = ()
    tallies: Mapping[str, int] = field(default_factory=dict)


class Taker(Protocol[R]):
    """One kind of file.

    is_whole: its rows are decided about together, in one unit of work; a file with more rows than a person
    would write is refused. at_once: rows of one unit of work, 0 = as the flow likes. longest: what of a cell
    is kept, in characters. repeats: the total that a row about a number met before in the file counts for.
    """

    is_whole: bool
    at_once: int
    longest: int
    repeats: str

    def read(self, taking: ContactImport, cells: Sequence[str]) -> R:
        """What a row says. Raises `campaigns.importing.row.Rejected`."""

    async def merge(
        self, taking: ContactImport, rows: Sequence[tuple[int, R]], *, at: int, is_last: bool
    ) -> Merged:
        """What these rows, each with its line, change at `at` (ms UTC). is_last: no more follow. Raises
        `BadFile` where the file as a whole cannot be taken."""


async def others_turn(rows: int) -> None:
    """Lets whoever waits go first after each 25 rows: a hub answers citizens while it reads a file. rows: how
    many were decided about."""
    if rows % 25 == 0:
        await asyncio.sleep(0)
