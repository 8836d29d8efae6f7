"""A list of people as a kind of file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from campaigns.importing.columns import Column
from campaigns.importing.row import Row, read_row, spellings
from campaigns.importing.table import MAX_CELL_CHARS
from hub.actions.campaigns.recipients.merge_rows import MergeRows
from hub.actions.campaigns.recipients.taker import Merged
from hub.model.recipients.contact_import import ContactImport


class PeopleList:
    """See `Taker`. regions: code → name, of the places an office knows."""

    is_whole = False
    at_once = 0
    longest = MAX_CELL_CHARS
    repeats = "repeated"

    def __init__(self, merge: MergeRows, regions: Mapping[str, str]) -> None:
        self._merge = merge
        self._regions = spellings(regions)

    def read(self, taking: ContactImport, cells: Sequence[str]) -> Row:
        """Raises `Rejected`."""
        return read_row(cells, [Column(one) for one in taking.mapping], self._regions)

    async def merge(
        self, taking: ContactImport, rows: Sequence[tuple[int, Row]], *, at: int, is_last: bool
    ) -> Merged:
        """See `MergeRows`."""
        return await self._merge(taking, rows, at=at)
