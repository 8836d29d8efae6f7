"""Takes files of contacts in: kept sealed, looked at to the last row, taken when an officer says so.

Rules protected: nothing is stored before the numbers were seen; of every row that is not taken the officer
can read which and why; what some rows change and how far the import is are one unit of work, so that a crash
repeats nothing and loses nothing; the file is held by nobody whole. A file is repeated without harm: persons
are found by their number.
"""

from __future__ import annotations

import asyncio
import contextlib
import csv
import io
from array import array
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import IO, BinaryIO

from campaigns.importing import columns
from campaigns.importing.columns import Column
from campaigns.importing.row import REJECTED, Rejected, Row, masked_cell, read_row, spellings
from campaigns.importing.table import BadFile, encoding_of, rows
from campaigns.segment import EVERYBODY
from hub.actions.campaigns.recipients.merge_rows import MergeRows
from hub.model.recipients.contact_import import (
    ENDED,
    SHOWN_ERRORS,
    ContactImport,
    ImportState,
    RejectedRow,
    Totals,
    added,
)
from hub.repositories.recipients.contact_imports import ContactImportRepository
from hub.runtime.clock import Clock
from hub.runtime.errors import Invalid, NotFound, Stale
from hub.runtime.ids import new_id
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Duplicate, Write
from hub.store.pieces import PIECE_BYTES, SealedPieces
from hub.store.unreadable import Unreadable

CHUNK = 200
"""Rows of one unit of work: some 1,000 documents, written in a tenth of a second."""
MAX_FILE_BYTES = 134_217_728
_SAMPLES = 3
_ERROR_PIECE_CHARS = 65_536
_MAX_TAG_SETS = 1000
"""Different sets of tags in one file; more than that is a column of something else."""
_UNDECIDED_MS = 7 * 86_400_000
_KEPT_MS = 90 * 86_400_000
_MOST_REFUSALS = 20
"""One after the other, by the store."""
_UPLOAD_MS = 3_600_000
"""Longer than an upload takes."""
_S = ImportState


@dataclass(slots=True)
class _Reading:
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
class _Chunk:
    """Some rows: those that are taken; those that are not, as (line, reason, cell); whether it is the end."""

    rows: tuple[Row, ...]
    rejected: tuple[tuple[int, str, str], ...]
    is_last: bool

    @property
    def totals(self) -> Totals:
        """What the chunk adds, beside what becomes of the rows taken."""
        reasons = Counter(reason for _, reason, _ in self.rejected)
        return added(Totals(), rows=len(self.rows) + len(self.rejected), rejected=reasons)


class ImportContacts:
    """Imports: what pages ask for, and the step of the job that does the work."""

    def __init__(
        self,
        documents: Documents,
        imports: ContactImportRepository,
        merge: MergeRows,
        pieces: SealedPieces,
        clock: Clock,
        *,
        regions: Mapping[str, str],
        chunk: int = CHUNK,
    ) -> None:
        """regions: code → name, of the places an office knows."""
        self._documents = documents
        self._imports = imports
        self._merge = merge
        self._pieces = pieces
        self._clock = clock
        self._regions = spellings(regions)
        self._chunk = chunk
        self._reading: _Reading | None = None
        self._swept = False
        self._refusals = 0

    # -- what an officer does ---------------------------------------------------------------------

    async def begin(self, agent_id: str, name: str, source: str, file: IO[bytes]) -> ContactImport:
        """Keeps a file and looks at its first rows. Raises `Invalid` (fields `source`, `file`)."""
        source = " ".join(source.split())
        if problems := source_problems(source):
            raise Invalid(problems)
        now = self._clock.now_ms()
        import_id = new_id(now)
        try:
            size = await asyncio.to_thread(self._keep, import_id, file)
            encoding, first = await asyncio.to_thread(self._look, import_id, name, size)
        except BadFile as problem:
            await asyncio.to_thread(self._pieces.remove, import_id)
            raise Invalid({"file": problem.problem}) from problem
        heading = columns.has_heading(first[0])
        taking = ContactImport(
            id=import_id,
            by=agent_id,
            at=now,
            source=source,
            size=size,
            encoding=encoding,
            heading=heading,
            mapping=columns.guess(first[0]),
            changed_at=now,
            purge_at=now + _UNDECIDED_MS,
            name=name[-200:],
            columns=tuple(first[0]),
            samples=tuple(tuple(row) for row in first[1 : _SAMPLES + 1]),
        )
        await self._documents.commit([self._imports.insert(taking)])
        return taking

    async def check(
        self,
        import_id: str,
        *,
        mapping: Sequence[str],
        heading: bool,
        group: str,
        tags: Sequence[str],
    ) -> ContactImport:
        """Has every row looked at with this mapping. Raises `Invalid`, `NotFound`, `Stale`."""
        found = await self.read(import_id)
        if found.value.state not in (_S.MAPPING, _S.CHECKED):
            raise Invalid({"state": "这次导入已经开始或结束，不能再改列的含义"})
        known = set(Column)
        chosen = tuple(Column(one) if one in known else Column.IGNORED for one in mapping)
        problems = columns.problems(chosen)
        group = " ".join(group.split())
        if len(group) > 30 or ":" in group or "|" in group or group == EVERYBODY:
            problems["group"] = "分组名称最多 30 个字，不含冒号和竖线"
        if len(tags) > 8 or any(len(tag) > 20 or "|" in tag for tag in tags):
            problems["tags"] = "最多 8 个标签，每个最多 20 个字"
        if problems:
            raise Invalid(problems)
        asked = replace(
            found.value,
            state=_S.CHECKING,
            mapping=chosen,
            heading=heading,
            group=group,
            tags=tuple(dict.fromkeys(tags)),
            checked=Totals(),
            looks=found.value.looks + 1,
            errors=(),
            error_pieces=0,
            problem="",
            problem_line=0,
        )
        return await self._keep_row(found, asked)

    async def start(self, import_id: str) -> ContactImport:
        """Takes what was looked at. Raises `Invalid`, `NotFound`, `Stale`."""
        found = await self.read(import_id)
        if found.value.state is not _S.CHECKED:
            raise Invalid({"state": "请先检查文件"})
        return await self._keep_row(found, replace(found.value, state=_S.RUNNING))

    async def cancel(self, import_id: str) -> ContactImport:
        """Stops it; what was taken before stays. Raises `Invalid`, `NotFound`, `Stale`."""
        found = await self.read(import_id)
        if found.value.state in ENDED:
            raise Invalid({"state": "这次导入已经结束"})
        ended = await self._keep_row(found, self._ended(found.value, _S.CANCELED))
        await asyncio.to_thread(self._pieces.remove, import_id)
        return ended

    async def purge(self, import_id: str) -> None:
        """Forgets an import that has ended, with its file of rejected rows; contacts stay. Raises `Invalid`,
        `NotFound`, `Stale`."""
        found = await self.read(import_id)
        if found.value.state not in ENDED:
            raise Invalid({"state": "请先取消或等它完成"})
        await self._forget(found)

    async def read(self, import_id: str) -> Versioned[ContactImport]:
        """An import with its version. Raises `NotFound`."""
        found = await self._imports.get(import_id)
        if found is None:
            raise NotFound("contact_import")
        return found

    async def newest(self) -> list[ContactImport]:
        """The last 50."""
        return await self._imports.newest(limit=50)

    async def rejected_file(self, taking: ContactImport) -> AsyncIterator[bytes]:
        """Every row that is not taken, as CSV in UTF-8 with the mark Excel wants, piece by piece."""
        yield "\ufeff行号,原因,原内容\r\n".encode()
        for place in range(taking.error_pieces):
            yield await asyncio.to_thread(self._pieces.get, taking.errors_id, place)

    # -- what the job does ------------------------------------------------------------------------

    async def step(self) -> bool:
        """Some rows of the import that waits longest; whether there may be more to do at once."""
        found = await self._imports.busy()
        if found is None:
            self._close()
            await self._tidy()
            return False
        taking = found.value
        try:
            reading = await self._open(taking)
            if reading.is_fresh and taking.state is _S.CHECKING:
                # What looking at it remembered is lost: from the start.
                taking = replace(taking, checked=Totals(), errors=(), error_pieces=0)
            reading.is_fresh, reading.at = False, -1
            chunk = await asyncio.to_thread(self._take, reading, taking)
            after, writes = await self._carried(reading, taking, chunk)
            await self._documents.commit([*writes, self._imports.update(after, found.version)])
            reading.at = _position(after)
        except BadFile as problem:
            self._close()
            await self._refuse(found, problem)
        except (NotFound, Unreadable):
            self._close()
            await self._refuse(found, BadFile("保存的文件无法读取，请重新选择文件"))
        except (Conflict, Duplicate):  # canceled, or somebody else wrote a contact: read and decide again
            self._close()
            self._refusals += 1
            if self._refusals > _MOST_REFUSALS:  # it will not get better: a row nobody can read is in the way
                await self._refuse(found, BadFile("与已有的记录冲突，请联系系统管理员"))
        else:
            self._refusals = 0
            if after.state in (_S.CHECKED, _S.DONE, _S.MAPPING):
                self._close()
            if after.state is _S.DONE:
                await asyncio.to_thread(self._pieces.remove, after.id)
        return True

    async def _carried(
        self, reading: _Reading, taking: ContactImport, chunk: _Chunk
    ) -> tuple[ContactImport, Sequence[Write]]:
        """The import behind a chunk, and what goes with it."""
        now = self._clock.now_ms()
        merged = await self._merge(taking, chunk.rows, at=now)
        totals = _sum(chunk.totals, merged.totals)
        if taking.state is _S.RUNNING:
            after = replace(taking, done=_sum(taking.done, totals), changed_at=now)
            return (self._ended(after, _S.DONE) if chunk.is_last else after), merged.writes
        reading.new.extend(int(key[:16], 16) for key in merged.new)
        reading.tag_sets.update(row.tags for row in chunk.rows)
        if len(reading.tag_sets) > _MAX_TAG_SETS:
            problem = "标签列里有太多不同的内容，可能选错了列"
            again = replace(taking, checked=Totals(), errors=(), error_pieces=0)
            return replace(again, state=_S.MAPPING, problem=problem), ()
        after = replace(taking, checked=_sum(taking.checked, totals), changed_at=now)
        after = await self._with_errors(reading, after, chunk)
        if chunk.is_last:
            twice = await asyncio.to_thread(lambda: len(reading.new) - len(set(reading.new)))
            checked = added(after.checked, new=-twice, repeated=twice)
            after = replace(after, state=_S.CHECKED, checked=checked)
        return after, ()

    async def _with_errors(self, reading: _Reading, taking: ContactImport, chunk: _Chunk) -> ContactImport:
        shown = [RejectedRow(line, reason, masked_cell(cell)) for line, reason, cell in chunk.rejected]
        taking = replace(taking, errors=(*taking.errors, *shown)[:SHOWN_ERRORS])
        reading.errors += [_csv_line(line, reason, cell) for line, reason, cell in chunk.rejected]
        waiting = sum(map(len, reading.errors))
        if waiting and (chunk.is_last or waiting > _ERROR_PIECE_CHARS):
            content = "".join(reading.errors).encode()
            await asyncio.to_thread(self._pieces.put, taking.errors_id, taking.error_pieces, content)
            reading.errors.clear()
            return replace(taking, error_pieces=taking.error_pieces + 1)
        return taking

    async def _open(self, taking: ContactImport) -> _Reading:
        """The file where the import is: open from the last step, or found again after a crash."""
        key = (taking.id, taking.state, taking.looks)
        reading = self._reading
        if reading is None or reading.key != key or reading.at != _position(taking):
            self._close()
            reading = self._reading = await asyncio.to_thread(self._opened, taking, key)
        return reading

    def _opened(self, taking: ContactImport, key: tuple[str, ImportState, int]) -> _Reading:
        source = self._pieces.open(taking.id, taking.size)
        lines = rows(source, taking.name, taking.encoding)
        passed = taking.done.rows + int(taking.heading)
        next(islice(lines, passed, passed), None)
        return _Reading(key, source, lines, at=taking.done.rows)

    def _take(self, reading: _Reading, taking: ContactImport) -> _Chunk:
        mapping = [Column(one) for one in taking.mapping]
        taken: list[Row] = []
        rejected: list[tuple[int, str, str]] = []
        for line, cells in islice(reading.lines, self._chunk):
            try:
                taken.append(read_row(cells, mapping, self._regions))
            except Rejected as problem:
                rejected.append((line, problem.reason, problem.cell))
        return _Chunk(tuple(taken), tuple(rejected), is_last=len(taken) + len(rejected) < self._chunk)

    def _close(self) -> None:
        if self._reading is not None:
            self._reading.source.close()
            self._reading = None

    async def _refuse(self, found: Versioned[ContactImport], problem: BadFile) -> None:
        refused = replace(
            self._ended(found.value, _S.REFUSED), problem=problem.problem, problem_line=problem.line
        )
        try:
            await self._documents.commit([self._imports.update(refused, found.version)])
        except Conflict:
            return
        await asyncio.to_thread(self._pieces.remove, refused.id)

    async def _tidy(self) -> None:
        """Forgets imports whose time is over, and once per process the pieces of uploads that broke off."""
        now = self._clock.now_ms()
        for over in await self._imports.over(now, limit=5):
            with contextlib.suppress(Stale):
                await self._forget(over)
        if self._swept:
            return
        self._swept = True
        for file_id in await asyncio.to_thread(self._pieces.ids):
            import_id = file_id.removesuffix("-errors")
            begun_at = int(import_id[:12], 16)
            if begun_at < now - _UPLOAD_MS and await self._imports.get(import_id) is None:
                await asyncio.to_thread(self._pieces.remove, file_id)

    async def _forget(self, found: Versioned[ContactImport]) -> None:
        try:
            await self._documents.commit([self._imports.remove(found)])
        except Conflict:
            raise Stale("contact_import") from None
        await asyncio.to_thread(self._pieces.remove, found.value.id)
        await asyncio.to_thread(self._pieces.remove, found.value.errors_id)

    async def _keep_row(self, found: Versioned[ContactImport], after: ContactImport) -> ContactImport:
        after = replace(after, changed_at=self._clock.now_ms())
        try:
            await self._documents.commit([self._imports.update(after, found.version)])
        except Conflict:
            raise Stale("contact_import") from None
        return after

    def _ended(self, taking: ContactImport, state: ImportState) -> ContactImport:
        now = self._clock.now_ms()
        return replace(taking, state=state, ended_at=now, purge_at=now + _KEPT_MS)

    def _keep(self, import_id: str, file: IO[bytes]) -> int:
        size = place = 0
        while block := file.read(PIECE_BYTES):
            size += len(block)
            if size > MAX_FILE_BYTES:
                raise BadFile("文件超过 128 MB，请分成几个文件")
            self._pieces.put(import_id, place, block)
            place += 1
        return size

    def _look(self, import_id: str, name: str, size: int) -> tuple[str, list[list[str]]]:
        if not size:
            raise BadFile("文件是空的")
        with self._pieces.open(import_id, size) as file:
            encoding = encoding_of(file, name)
            file.seek(0)
            first = [cells for _, cells in islice(rows(file, name, encoding), _SAMPLES + 1)]
        if not first:
            raise BadFile("文件里没有内容")
        return encoding, first


def source_problems(source: str) -> dict[str, str]:
    """What is wrong with where a list comes from, by field, in Chinese; empty when nothing is."""
    if not source.strip() or len(source) > 30 or "|" in source or ":" in source:
        return {"source": "请填写名单来自哪个单位或平台，最多 30 个字，不含竖线和冒号"}
    return {}


def _position(taking: ContactImport) -> int:
    """Behind how many rows an import stands."""
    return taking.done.rows if taking.state is _S.RUNNING else taking.checked.rows


def _sum(totals: Totals, more: Totals) -> Totals:
    return added(totals, **{name: getattr(more, name) for name in Totals.__dataclass_fields__})


def _csv_line(line: int, reason: str, cell: str) -> str:
    """One line of the file of rejected rows. What begins like a formula is made a text (OWASP)."""
    text = f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
    out = io.StringIO()
    csv.writer(out).writerow((line, REJECTED[reason][0], text))
    return out.getvalue()
