"""The import of one file: looked at first, carried out when somebody says so.

People of the office, or what a department hands over with its platform (`FileKind`).

The row moves with what it did, in one unit of work: after a crash it goes on behind the last row that was
stored, and nothing is stored or counted twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from campaigns.importing.columns import FileKind
from hub.model.personal import personal

SHOWN_ERRORS = 100


class ImportState(StrEnum):
    """Where it stands."""

    MAPPING = "mapping"  # the officer says which column is what
    CHECKING = "checking"  # every row is read, nothing is stored
    CHECKED = "checked"
    RUNNING = "running"
    DONE = "done"
    CANCELED = "canceled"  # what was stored before stays
    REFUSED = "refused"  # the file cannot be read to its end; nothing was stored


BUSY = frozenset({ImportState.CHECKING, ImportState.RUNNING})
ENDED = frozenset({ImportState.DONE, ImportState.CANCELED, ImportState.REFUSED})


@dataclass(frozen=True, slots=True)
class Totals:
    """What became of the rows of a file.

    new: contacts nobody had. merged: known ones that gained something. unchanged: known ones that did not.
    repeated: rows about a number that came before in this file. rejected, noted: rows by reason, keys of
    `campaigns.importing.row`. opted_out: of the contacts taken, those who want nothing. conflicts: rows that
    wait for a decision. counted: rows of a history, of which new, merged and unchanged are months.
    """

    rows: int = 0
    new: int = 0
    merged: int = 0
    unchanged: int = 0
    repeated: int = 0
    opted_out: int = 0
    conflicts: int = 0
    counted: int = 0
    rejected: dict[str, int] = field(default_factory=dict)
    noted: dict[str, int] = field(default_factory=dict)

    @property
    def bad(self) -> int:
        """Rows that are not taken."""
        return sum(self.rejected.values())

    @property
    def bad_share(self) -> float:
        """The share of them, 0–1."""
        return self.bad / self.rows if self.rows else 0.0


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that is not taken. reason: a key of `REJECTED` or `CONFLICTS`; cell: what stood there, masked."""

    line: int
    reason: str
    cell: str = ""


@dataclass(frozen=True, slots=True)
class ImportConflict:
    """A row somebody has to decide about. reason: a key of `CONFLICTS`. what: the keyword, number or code.
    owner: who has it, as a page says it, "" where the file itself disagrees. wanted: the desk (id) or text of
    the row."""

    line: int
    reason: str
    what: str
    owner: str
    wanted: str


@dataclass(frozen=True, slots=True)
class ContactImport:
    """One file.

    by: agent. source: which office or platform it comes from. size: of the file in bytes; it is kept sealed
    until the import has ended. encoding: of a CSV file. columns: what stands in the first row; heading:
    whether that is one; samples: rows that follow. mapping: a `Column` for each column. group: which one
    everybody joins. tags: which everybody gets. checked, done: what looking at it and carrying it out came
    to. looks: how often it was looked at, so that of an earlier look nothing is left. error_pieces: how many
    pieces the file of rejected rows has. problem, problem_line: why it was refused. purge_at: when all of it
    is forgotten; of what a department handed over the numbers stay longer than the rows.

    kind: what the file is a list of. department: which one handed it over, "" = the office itself. digest:
    SHA-256 of the file. read_bytes: how far looking at it is. desk: unit of routes that name none. subject:
    what opt-outs are about that do not say it. tallies: of a history, `202611:sent`. signatory: who
    signed the sheet for the department; signed_by: agent who recorded it. Times are ms UTC, 0 = not yet.
    """

    id: str
    by: str
    at: int
    source: str
    size: int
    encoding: str
    state: ImportState = ImportState.MAPPING
    heading: bool = True
    mapping: tuple[str, ...] = ()
    group: str = ""
    tags: tuple[str, ...] = ()
    checked: Totals = field(default_factory=Totals)
    done: Totals = field(default_factory=Totals)
    looks: int = 0
    error_pieces: int = 0
    changed_at: int = 0
    ended_at: int = 0
    purge_at: int = 0
    problem: str = ""
    problem_line: int = 0
    kind: FileKind = FileKind.PEOPLE
    department: str = ""
    digest: str = ""
    read_bytes: int = 0
    desk: str = ""
    subject: str = ""
    conflicts: tuple[ImportConflict, ...] = ()
    tallies: dict[str, int] = field(default_factory=dict)
    signed_at: int = 0
    signed_by: str = ""
    signatory: str = personal("")
    name: str = personal()
    columns: tuple[str, ...] = personal(())
    samples: tuple[tuple[str, ...], ...] = personal(())
    errors: tuple[RejectedRow, ...] = personal(())

    @property
    def is_busy(self) -> bool:
        """Whether the job has something to do."""
        return self.state in BUSY

    @property
    def errors_id(self) -> str:
        """Under which the file of rejected rows is kept."""
        return f"{self.id}-errors"

    @property
    def totals(self) -> Totals:
        """What there is to show now."""
        return self.done if self.done.rows else self.checked

    @property
    def percent(self) -> int:
        """How far it is, 0–100: looking at a file is measured by its bytes, carrying it out by its rows."""
        if self.state is ImportState.CHECKING:
            return min(100, 100 * self.read_bytes // self.size) if self.size else 0
        return min(100, 100 * self.done.rows // self.checked.rows) if self.checked.rows else 0


def added(totals: Totals, **more: int | Mapping[str, int]) -> Totals:
    """The totals with these numbers added."""
    kept: dict[str, Any] = {}
    for name in Totals.__dataclass_fields__:
        old, new = getattr(totals, name), more.get(name, 0)
        if isinstance(old, dict):
            counts = new if isinstance(new, Mapping) else {}
            kept[name] = {key: old.get(key, 0) + counts.get(key, 0) for key in sorted({*old, *counts})}
        else:
            kept[name] = old + new
    return Totals(**kept)
