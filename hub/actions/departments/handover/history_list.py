"""What a department sent before it came, as a kind of file: only numbers by month are kept of it.

A row is a day or a month with its numbers, or one message with its state. Rows are added up in the import
itself, so that a crash counts none twice; the months are written with the last row, all or none, and a month
that a file speaks of is replaced.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from campaigns.importing.columns import Column
from campaigns.importing.row import Rejected, cells_of
from campaigns.importing.table import MAX_CELL_CHARS
from hub.actions.campaigns.recipients.taker import Merged
from hub.model.departments.sent_month import KEPT_MONTHS, SentMonth, months_before
from hub.model.recipients.contact_import import ContactImport, Totals, added
from hub.repositories.departments.sent_months import SentMonthRepository
from hub.runtime.clock import to_local
from hub.store.documents import Write

_MONTH = re.compile(r"(20\d{2})(?:[-/.年]\s*(1[0-2]|0?[1-9])(?!\d)|(1[0-2]|0[1-9])(?:[0-3]\d)?(?!\d))")
_COUNT = re.compile(r"\d{1,12}(?:\.0+)?")
_DELIVERED = frozenset({"delivrd", "delivered", "送达", "成功", "已送达", "发送成功", "0"})
_FAILED = frozenset(
    {"undeliv", "undelivered", "failed", "rejectd", "expired", "失败", "未送达", "发送失败", "拒绝", "过期"}
)
_NUMBERS = frozenset({Column.SENT, Column.DELIVERED, Column.FAILED})
_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class SentRow:
    """month: `202611`. The numbers are texts."""

    month: str
    sent: int
    delivered: int
    failed: int


class HistoryList:
    """See `Taker`."""

    is_whole = False
    at_once = _AT_ONCE
    longest = MAX_CELL_CHARS
    repeats = "repeated"

    def __init__(self, months: SentMonthRepository) -> None:
        self._months = months

    def read(self, taking: ContactImport, cells: Sequence[str]) -> SentRow:
        """Raises `Rejected`."""
        said = cells_of(cells, [Column(one) for one in taking.mapping])
        day = said.get(Column.DAY, "")
        match = _MONTH.match(unicodedata.normalize("NFKC", day).strip())
        if match is None:
            raise Rejected("no_month", day)
        month = f"{match[1]}{int(match[2] or match[3]):02}"
        age = months_before(month, f"{to_local(taking.at):%Y%m}")
        if age < 0:
            raise Rejected("future", day)
        if age > KEPT_MONTHS:
            raise Rejected("too_old", day)
        state = said.get(Column.STATUS, "").casefold()
        if _NUMBERS.isdisjoint(taking.mapping):
            return SentRow(month, 1, int(state in _DELIVERED), int(state in _FAILED))
        delivered, failed = _count(said, Column.DELIVERED), _count(said, Column.FAILED)
        sent = _count(said, Column.SENT) if Column.SENT in taking.mapping else delivered + failed
        return SentRow(month, sent, delivered, failed)

    async def merge(
        self, taking: ContactImport, rows: Sequence[tuple[int, SentRow]], *, at: int, is_last: bool
    ) -> Merged:
        """With the last rows: what becomes of the months."""
        tallies: Counter[str] = Counter()
        for _, row in rows:
            tallies[f"{row.month}:sent"] += row.sent
            tallies[f"{row.month}:delivered"] += row.delivered
            tallies[f"{row.month}:failed"] += row.failed
        totals = added(Totals(), counted=len(rows))
        if not is_last:
            return Merged(totals=totals, tallies=+tallies)
        stored = {one.value.month: one for one in await self._months.of(taking.department)}
        writes: list[Write] = []
        outcomes: Counter[str] = Counter()
        for month in months_of(taking, Counter(taking.tallies) + tallies):
            old = stored.get(month.month)
            if old is None:
                writes.append(self._months.insert(month))
            elif old.value.counts != month.counts:
                writes.append(self._months.update(month, old.version))
            is_same = old is not None and old.value.counts == month.counts
            outcomes["new" if old is None else "unchanged" if is_same else "merged"] += 1
        return Merged(tuple(writes), added(totals, **outcomes), tallies=+tallies)


def months_of(taking: ContactImport, tallies: Mapping[str, int]) -> list[SentMonth]:
    """The months an import speaks of, the newest first."""
    return [
        SentMonth(
            f"{taking.department}:{month}",
            taking.department,
            month,
            tallies.get(f"{month}:sent", 0),
            tallies.get(f"{month}:delivered", 0),
            tallies.get(f"{month}:failed", 0),
            taking.id,
        )
        for month in sorted({key.partition(":")[0] for key in tallies}, reverse=True)
    ]


def _count(said: Mapping[Column, str], column: Column) -> int:
    """A number of texts, 0 where none stands. Raises `Rejected`."""
    text = unicodedata.normalize("NFKC", said.get(column, "")).replace(",", "").strip()
    if not text:
        return 0
    if not _COUNT.fullmatch(text):
        raise Rejected("bad_count", said[column])
    return int(text.partition(".")[0])
