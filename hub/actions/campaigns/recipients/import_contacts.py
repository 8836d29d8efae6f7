"""Takes files in: kept sealed, looked at to the last row, taken when an officer says so.

One flow for everything that comes as a table: contacts of the office and what a department hands over. What a
kind of file says and changes is its taker's (`taker.py`).

Rules protected: nothing is stored before the numbers were seen; of every row that is not taken the officer
can read which and why; what some rows change and how far the import is are one unit of work, so that a crash
repeats nothing and loses nothing; the file is held by nobody whole. A file is repeated without harm. Bad rows
stop nothing until they are a larger share of a department's file than the office allows.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import IO, Any

from campaigns.importing import columns
from campaigns.importing.columns import Column, FileKind
from campaigns.importing.row import Rejected, masked_cell
from campaigns.importing.table import BadFile, encoding_of, is_workbook, rows
from campaigns.segment import EVERYBODY
from hub.actions.campaigns.recipients.merge_rows import MergeRows
from hub.actions.campaigns.recipients.people_list import PeopleList
from hub.actions.campaigns.recipients.rows_read import Chunk, Reading, csv_line, repeated, summed
from hub.actions.campaigns.recipients.taker import Taker
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
from hub.store.until_committed import until_committed

CHUNK = 200
"""Rows of one unit of work: some 1,000 documents, written in a tenth of a second."""
MAX_FILE_BYTES = 268_435_456
MAX_WHOLE_ROWS = 2_000
"""Of a file whose rows are decided about together: it is in memory whole."""
MAX_CONFLICTS = 500
_SAMPLES = 3
_ERROR_PIECE_CHARS = 65_536
_MAX_TAG_SETS = 1000
"""Different sets of tags in one file; more than that is a column of something else."""
_UNDECIDED_MS = 7 * 86_400_000
_KEPT_MS = 90 * 86_400_000
_NUMBERS_KEPT_MS = 5 * 366 * 86_400_000
"""How long the numbers of what a department handed over stay, behind its rows."""
_MOST_REFUSALS = 20
"""One after the other, by the store."""
_UPLOAD_MS = 3_600_000
"""Longer than an upload takes."""
_TOO_MANY_WHOLE = "这类文件最多 2000 行，请分成几个文件"
_NOTHING_READ: Mapping[str, Any] = {
    "checked": Totals(),
    "errors": (),
    "error_pieces": 0,
    "conflicts": (),
    "tallies": {},
    "read_bytes": 0,
}
"""What an import knows before it is looked at, also for another time."""
TOO_BAD = "不能用的行超过了允许的比例，检查到此为止，没有导入。请和提供文件的单位核对后重新导出。"
_S = ImportState


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
        takers: Mapping[FileKind, Taker[Any]] | None = None,
        most_bad_percent: int = 100,
        chunk: int = CHUNK,
    ) -> None:
        """regions: code → name, of the places an office knows. takers: of kinds beside people.
        most_bad_percent: a larger share of bad rows stops a file that a department hands over; of its own
        list the officer sees the share and decides."""
        self._documents = documents
        self._imports = imports
        self._takers: Mapping[FileKind, Taker[Any]] = {
            FileKind.PEOPLE: PeopleList(merge, regions),
            **(takers or {}),
        }
        self._pieces = pieces
        self._clock = clock
        self._most_bad = most_bad_percent / 100
        self._chunk = chunk
        self._reading: Reading | None = None
        self._swept = False
        self._refusals = 0

    # -- what an officer does ---------------------------------------------------------------------

    async def begin(
        self,
        agent_id: str,
        name: str,
        source: str,
        file: IO[bytes],
        *,
        kind: FileKind = FileKind.PEOPLE,
        department: str = "",
    ) -> ContactImport:
        """Keeps a file and looks at its first rows. Raises `Invalid` (fields `source`, `file`)."""
        source = " ".join(source.split())
        if problems := source_problems(source):
            raise Invalid(problems)
        # A department that is renamed stays the same source: its lists would all be new otherwise.
        earlier = await self._imports.newest(limit=1, department=department) if department else []
        source = earlier[0].source if earlier else source
        now = self._clock.now_ms()
        import_id = new_id(now)
        try:
            size, digest = await asyncio.to_thread(self._keep, import_id, file)
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
            mapping=columns.guess(first[0], kind),
            changed_at=now,
            purge_at=now + _UNDECIDED_MS,
            kind=kind,
            department=department,
            digest=digest,
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
        group: str = "",
        tags: Sequence[str] = (),
        desk: str = "",
        subject: str = "",
    ) -> ContactImport:
        """Has every row looked at with this mapping. group, tags: of people. desk: of routes, the unit
        (id) of rows that name none. subject: of opt-outs, what those are about that do not say it, "" = all.
        Raises `Invalid`, `NotFound`, `Stale`."""
        found = await self.read(import_id)
        if found.value.state not in (_S.MAPPING, _S.CHECKED):
            raise Invalid({"state": "这次导入已经开始或结束，不能再改列的含义"})
        kind = found.value.kind
        known = set(columns.columns_of(kind))
        chosen = tuple(Column(one) if one in known else Column.IGNORED for one in mapping)
        problems = columns.problems(chosen, kind)
        if kind is FileKind.ROUTES and not desk and Column.DESK not in chosen:
            problems["desk"] = "请选择由哪个单位处理，或指出哪一列是处理单位"
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
            desk=desk,
            subject=subject,
            looks=found.value.looks + 1,
            **_NOTHING_READ,
            problem="",
            problem_line=0,
        )
        return await self._keep_row(found, asked)

    async def start(self, import_id: str) -> ContactImport:
        """Takes what was looked at. Raises `Invalid`, `NotFound`, `Stale`."""
        found = await self.read(import_id)
        if found.value.state is not _S.CHECKED:
            raise Invalid({"state": "请先检查文件"})
        return await self._keep_row(found, replace(found.value, state=_S.RUNNING, tallies={}))

    async def cancel(self, import_id: str) -> ContactImport:
        """Stops it; what was taken before stays. Raises `Invalid`, `NotFound`, `Stale`."""

        async def decide() -> tuple[Sequence[Write], ContactImport]:
            found = await self.read(import_id)
            if found.value.state in ENDED:
                raise Invalid({"state": "这次导入已经结束"})
            ended = self._ended(found.value, _S.CANCELED)
            return [self._imports.update(ended, found.version)], ended

        try:  # the job stores its place many times a second, and somebody who says stop says it once
            ended = await until_committed(self._documents, decide, tries=_MOST_REFUSALS)
        except Conflict:
            raise Stale("contact_import") from None
        await asyncio.to_thread(self._pieces.remove, import_id)
        return ended

    async def purge(self, import_id: str) -> None:
        """Forgets an import that has ended, with its file of rejected rows; what was taken stays, and of what
        a department handed over the numbers. Raises `Invalid`, `NotFound`, `Stale`."""
        found = await self.read(import_id)
        if found.value.state not in ENDED:
            raise Invalid({"state": "请先取消或等它完成"})
        if not found.value.department or found.value.columns:
            await self._forget(found)

    async def read(self, import_id: str) -> Versioned[ContactImport]:
        """An import with its version. Raises `NotFound`."""
        found = await self._imports.get(import_id)
        if found is None:
            raise NotFound("contact_import")
        return found

    async def newest(self, department: str = "") -> list[ContactImport]:
        """The last 50 of a department, "" = of the office itself."""
        return await self._imports.newest(limit=50, department=department)

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
                taking = replace(taking, **_NOTHING_READ)
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
        self, reading: Reading, taking: ContactImport, chunk: Chunk
    ) -> tuple[ContactImport, Sequence[Write]]:
        """The import behind a chunk, and what goes with it."""
        now, taker = self._clock.now_ms(), self._takers[taking.kind]
        if taker.is_whole:
            if not chunk.is_last:
                raise BadFile(_TOO_MANY_WHOLE, MAX_WHOLE_ROWS + 1)
            # What is stored may be another than when it was looked at: it is told anew.
            taking = replace(taking, errors=(), error_pieces=0, conflicts=())
        merged = await taker.merge(taking, chunk.rows, at=now, is_last=chunk.is_last)
        totals = chunk.totals(merged)
        tallies = dict(Counter(taking.tallies) + Counter(merged.tallies))
        conflicts = (*taking.conflicts, *merged.conflicts)[:MAX_CONFLICTS]
        after = replace(taking, tallies=tallies, conflicts=conflicts, changed_at=now)
        if taker.is_whole or taking.state is _S.CHECKING:
            after = await self._with_errors(reading, after, chunk, chunk.told(merged))
        if taking.state is _S.RUNNING:
            after = replace(after, done=summed(taking.done, totals))
            return (self._ended(after, _S.DONE) if chunk.is_last else after), merged.writes
        reading.new.extend(int(key[:16], 16) for key in merged.new)
        if taking.kind is FileKind.PEOPLE:
            reading.tag_sets.update(row.tags for _, row in chunk.rows)
        if len(reading.tag_sets) > _MAX_TAG_SETS:
            problem = "标签列里有太多不同的内容，可能选错了列"
            return replace(taking, **_NOTHING_READ, state=_S.MAPPING, problem=problem), ()
        after = replace(after, checked=summed(taking.checked, totals), read_bytes=chunk.read_bytes)
        return (await self._looked_at(reading, after, taker) if chunk.is_last else after), ()

    async def _looked_at(self, reading: Reading, taking: ContactImport, taker: Taker[Any]) -> ContactImport:
        """An import whose last row was looked at: it can be taken, unless too much of it cannot."""
        twice = await asyncio.to_thread(repeated, reading.new)
        checked = added(taking.checked, new=-twice, **{taker.repeats: twice})
        if taking.department and checked.bad_share > self._most_bad:
            return replace(taking, checked=checked, state=_S.MAPPING, problem=TOO_BAD)
        return replace(taking, checked=checked, state=_S.CHECKED)

    async def _with_errors(
        self, reading: Reading, taking: ContactImport, chunk: Chunk, told: Sequence[RejectedRow]
    ) -> ContactImport:
        shown = [replace(row, cell=masked_cell(row.cell)) for row in told[:SHOWN_ERRORS]]
        taking = replace(taking, errors=(*taking.errors, *shown)[:SHOWN_ERRORS])
        reading.errors += [csv_line(row) for row in told]
        waiting = sum(map(len, reading.errors))
        if waiting and (chunk.is_last or waiting > _ERROR_PIECE_CHARS):
            content = "".join(reading.errors).encode()
            await asyncio.to_thread(self._pieces.put, taking.errors_id, taking.error_pieces, content)
            reading.errors.clear()
            return replace(taking, error_pieces=taking.error_pieces + 1)
        return taking

    async def _open(self, taking: ContactImport) -> Reading:
        """The file where the import is: open from the last step, or found again after a crash."""
        key = (taking.id, taking.state, taking.looks)
        reading = self._reading
        if reading is None or reading.key != key or reading.at != _position(taking):
            self._close()
            reading = self._reading = await asyncio.to_thread(self._opened, taking, key)
        return reading

    def _opened(self, taking: ContactImport, key: tuple[str, ImportState, int]) -> Reading:
        source = self._pieces.open(taking.id, taking.size)
        longest = self._takers[taking.kind].longest
        lines = rows(source, taking.name, taking.encoding, longest=longest)
        passed = taking.done.rows + int(taking.heading)
        next(islice(lines, passed, passed), None)
        return Reading(key, source, lines, at=taking.done.rows)

    def _take(self, reading: Reading, taking: ContactImport) -> Chunk:
        taker = self._takers[taking.kind]
        wanted = MAX_WHOLE_ROWS + 1 if taker.is_whole else taker.at_once or self._chunk
        taken: list[tuple[int, Any]] = []
        rejected: list[RejectedRow] = []
        for line, cells in islice(reading.lines, wanted):
            try:
                taken.append((line, taker.read(taking, cells)))
            except Rejected as problem:
                rejected.append(RejectedRow(line, problem.reason, problem.cell))
        is_last = len(taken) + len(rejected) < wanted
        at = 0 if is_workbook(taking.name) else taking.size if is_last else reading.source.tell()
        return Chunk(tuple(taken), tuple(rejected), at, is_last)

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
        old = found.value
        write: Write = self._imports.remove(found)
        if old.department and (old.state not in ENDED or old.columns):
            ended = old if old.state in ENDED else self._ended(old, _S.CANCELED)
            keep_until = self._clock.now_ms() + _NUMBERS_KEPT_MS
            kept = replace(ended, columns=(), samples=(), errors=(), error_pieces=0, purge_at=keep_until)
            write = self._imports.update(kept, found.version)
        try:
            await self._documents.commit([write])
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
        return replace(taking, state=state, changed_at=now, ended_at=now, purge_at=now + _KEPT_MS)

    def _keep(self, import_id: str, file: IO[bytes]) -> tuple[int, str]:
        """Size and digest of what was kept."""
        size = place = 0
        digest = hashlib.sha256()
        while block := file.read(PIECE_BYTES):
            size += len(block)
            if size > MAX_FILE_BYTES:
                raise BadFile("文件超过 256 MB，请分成几个文件")
            digest.update(block)
            self._pieces.put(import_id, place, block)
            place += 1
        return size, digest.hexdigest()

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
