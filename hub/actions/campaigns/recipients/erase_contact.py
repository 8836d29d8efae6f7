"""Erases what lists say of one person who asks for it (个人信息保护法 art. 47: consent withdrawn).

What goes: the rows of every group and source, so also of every segment; the number in what is kept of imports
(samples, rows that were not taken, files that wait); the rows of broadcasts that are over; the contact itself
when only lists knew it. What stays: records of cases, which the law has kept, and of which this says nothing;
and a rule with the blind index of the address, so that no list brings the person back and nothing is sent.
Cut off anywhere it is done again without harm; the rule stands first.
"""

from __future__ import annotations

import asyncio
import contextlib
import csv
import io
import logging
import unicodedata
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from campaigns.broadcast import Broadcast
from campaigns.importing.table import BadFile, rows
from campaigns.selection import delivery_id
from channels.address import Address, AddressKind, masked
from hub.actions.campaigns.recipients.import_contacts import ImportContacts
from hub.actions.campaigns.recipients.opt_outs import WISHES, Via, address_of, told
from hub.model.people.contact import Side
from hub.model.recipients.contact_import import ENDED, ContactImport
from hub.repositories.memberships import Membership
from hub.repositories.repositories import Repositories
from hub.repositories.suppressions import ERASED
from hub.runtime.clock import Clock
from hub.runtime.errors import Invalid, NotFound, Stale
from hub.store.documents import Conflict, Delete, Documents, Duplicate, Write
from hub.store.pieces import SealedPieces
from hub.store.unreadable import Unreadable
from hub.store.until_committed import until_committed

log = logging.getLogger(__name__)

BUSY = "有名单正在检查或导入，请等它完成后再删除"
_MOST_IMPORTS = 500
_RUNS_MS = 400 * 86_400_000
_MOST_RUNS = 1000
_TRIES = 4
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased. masked: whose. rows: of groups and sources; imports: from how many of them something
    went; canceled: names of files that had not been taken and held the person."""

    masked: str
    rows: int
    imports: int
    canceled: tuple[str, ...]


class EraseContact:
    """For the officer who was asked."""

    def __init__(
        self,
        documents: Documents,
        stores: Repositories,
        imports: ImportContacts,
        pieces: SealedPieces,
        clock: Clock,
        *,
        channels: Iterable[str] = (),
    ) -> None:
        """pieces: of the files of imports. channels: names of the configured ones."""
        self._documents = documents
        self._stores = stores
        self._imports = imports
        self._pieces = pieces
        self._clock = clock
        self._channels = tuple(channels)

    async def __call__(self, agent_id: str, number: str, via: str, note: str, *, asked: bool) -> Erased:
        """Erases whoever has this whole number or mail address, whether a list has them or not.

        Raises `Invalid` by field, `Stale`.
        """
        problems = told(via, note)
        address = None
        try:
            address = address_of(number)
        except Invalid as problem:
            problems |= problem.problems
        if not asked:
            problems["asked"] = "只有本人要求，才能删除"
        if problems or address is None:
            raise Invalid(problems)
        if await self._stores.publicity.contact_imports.busy() is not None:
            raise Invalid({"number": BUSY})
        erased, addresses = await self._from_lists(agent_id, address, Via(via), note.strip())
        await self._from_broadcasts(list(addresses))
        changed, canceled = await self._from_imports([_bare(_local(one)) for one in addresses.values()])
        if await self._came_back(list(addresses)):
            raise Stale("contact")
        log.info("contact.erased", extra={"agent_id": agent_id, "rows": erased, "imports": changed})
        return Erased(masked(address), erased, changed, canceled)

    # -- lists ------------------------------------------------------------------------------------

    async def _from_lists(
        self, agent_id: str, address: Address, via: Via, note: str
    ) -> tuple[int, dict[str, Address]]:
        """How many rows went, and the addresses of the person by blind index."""

        async def decide() -> tuple[Sequence[Write], tuple[int, dict[str, Address]]]:
            stores, key = self._stores, self._stores.contacts.key(address)
            listed = await stores.memberships.of_addresses([key])
            ids = sorted({await stores.contacts.owner(key), *(row.contact_id for row in listed.values())})
            rows = [
                row for several in (await stores.memberships.of_contacts(ids)).values() for row in several
            ]
            addresses = {key: address}
            addresses |= {row.value.address_key: _address(row.value) for row in rows if row.value.address}
            said = [one.id for id in ids for one in await stores.publicity.contact_imports.sources_of(id)]
            sources = await stores.publicity.contact_imports.sources(said)
            writes: list[Write] = [stores.memberships.leave(row) for row in rows]
            writes += [Delete("contact_sources", one.value.id, one.version) for one in sources.values()]
            writes += await self._person(ids, addresses, [row.value for row in rows])
            writes += await self._rules(addresses, by=agent_id, via=via, note=note)
            return writes, (len(rows) + len(sources), addresses)

        try:
            return await until_committed(self._documents, decide, tries=_TRIES)
        except (Conflict, Duplicate):
            raise Stale("contact") from None

    async def _person(
        self, ids: Sequence[str], addresses: dict[str, Address], rows: Sequence[Membership]
    ) -> list[Write]:
        """The writes that remove the contacts themselves, when nothing but lists knows them."""
        theirs = await self._documents.find("addresses", {"contact_id": {"$in": list(ids)}}, limit=200)
        keys = sorted({*addresses, *(one.id for one in theirs)})
        talked = [
            self._stores.conversations.id_for(channel, key) for channel in self._channels for key in keys
        ]
        since = {row.since for row in rows}
        links = [await self._stores.contacts.link(side, id) for side in Side for id in ids]
        # The threads of a mailbox are not found by its address: it is enough that it was known before.
        earlier = [one for one in theirs if one.body["created_at"] not in since]
        is_known = (
            await self._documents.find_one("cases", {"address_key": {"$in": keys}}) is not None
            or bool(await self._stores.calls.of_callers(keys, limit=1))
            or bool(talked and await self._documents.get_many("conversations", talked))
            or any(links)
            or any(one.body["kind"] == AddressKind.EMAIL for one in earlier)
        )
        if is_known:
            return []
        people = await self._documents.get_many("contacts", list(ids))
        return [
            *(Delete("contacts", one.id, one.version) for one in people.values()),
            *(Delete("addresses", one.id, one.version) for one in theirs),
        ]

    async def _rules(self, addresses: dict[str, Address], *, by: str, via: Via, note: str) -> list[Write]:
        writes: list[Write] = []
        for key, address in addresses.items():
            there = {one.value.subject for one in await self._stores.suppressions.of_address(key)}
            writes += [
                self._stores.suppressions.add(
                    (key, subject),
                    reason="asked",
                    by=by,
                    at=self._clock.now_ms(),
                    via=via,
                    masked=masked(address),
                    note=note,
                )
                for subject in (ERASED, *WISHES)
                if subject not in there
            ]
        return writes

    async def _came_back(self, keys: Sequence[str]) -> bool:
        """Whether an import that began meanwhile has put them in again, or may do so: it may have read its
        rows before the rule stood."""
        busy = await self._stores.publicity.contact_imports.busy()
        return busy is not None or bool(await self._stores.memberships.of_addresses(keys))

    # -- what was sent ----------------------------------------------------------------------------

    async def _from_broadcasts(self, keys: Sequence[str]) -> None:
        """The rows of runs that are over; of a run that is not, the rule stops what has not left."""
        since = self._clock.now_ms() - _RUNS_MS
        runs = await self._stores.campaigns.recent_broadcasts(since=since, limit=_MOST_RUNS)
        over = [run for run in runs if not run.is_active and not run.forgotten_at]
        ids = [id for run in over for key in keys for id in _rows_of(run, key)]
        for start in range(0, len(ids), _AT_ONCE):
            found = await self._documents.get_many("outbox", ids[start : start + _AT_ONCE])
            for row in found.values():
                with contextlib.suppress(Conflict):  # a late receipt: erased with its broadcast
                    await self._documents.commit([Delete("outbox", row.id, row.version)])

    # -- imports ----------------------------------------------------------------------------------

    async def _from_imports(self, marks: Sequence[str]) -> tuple[int, tuple[str, ...]]:
        """From how many imports something went, and the names of those that are canceled."""
        changed, canceled = 0, []
        for one in await self._stores.publicity.contact_imports.newest(limit=_MOST_IMPORTS):
            taking = one
            if taking.state not in ENDED and await asyncio.to_thread(self._holds, taking, marks):
                taking = await self._imports.cancel(taking.id)
                canceled.append(taking.name)
            lines = await asyncio.to_thread(self._rejected, taking, marks)
            is_shown = _mention((*taking.columns, *(cell for row in taking.samples for cell in row)), marks)
            if lines or is_shown:
                await self._forget_rows(taking, lines, marks)
            changed += bool(lines or is_shown or taking.state is not one.state)
        return changed, tuple(canceled)

    def _holds(self, taking: ContactImport, marks: Sequence[str]) -> bool:
        """Whether the file that waits names the person; one that cannot be read is taken to."""
        try:
            with closing(self._pieces.open(taking.id, taking.size)) as file:
                return any(_mention(cells, marks) for _, cells in rows(file, taking.name, taking.encoding))
        except (BadFile, NotFound, Unreadable):
            return True

    def _rejected(self, taking: ContactImport, marks: Sequence[str]) -> frozenset[int]:
        """The lines of the person among the rows that were not taken."""
        return frozenset(
            int(row[0])
            for place in range(taking.error_pieces)
            for row in self._piece(taking, place)
            if _mention(row, marks)
        )

    async def _forget_rows(self, taking: ContactImport, lines: frozenset[int], marks: Sequence[str]) -> None:
        """What is shown of the import first: behind a crash the lines are found again in the pieces."""

        async def decide() -> tuple[Sequence[Write], None]:
            found = await self._imports.read(taking.id)
            old = found.value
            kept = replace(
                old,
                columns=tuple("" if _mention([cell], marks) else cell for cell in old.columns),
                samples=tuple(row for row in old.samples if not _mention(row, marks)),
                errors=tuple(one for one in old.errors if one.line not in lines),
            )
            return [self._stores.publicity.contact_imports.update(kept, found.version)], None

        try:
            await until_committed(self._documents, decide, tries=_TRIES)
        except Conflict:
            raise Stale("contact_import") from None
        for place in range(taking.error_pieces):
            await asyncio.to_thread(self._rewrite, taking, place, marks)

    def _rewrite(self, taking: ContactImport, place: int, marks: Sequence[str]) -> None:
        all_rows = self._piece(taking, place)
        kept = [row for row in all_rows if not _mention(row, marks)]
        if len(kept) < len(all_rows):
            out = io.StringIO()
            csv.writer(out).writerows(kept)
            self._pieces.put(taking.errors_id, place, out.getvalue().encode())

    def _piece(self, taking: ContactImport, place: int) -> list[list[str]]:
        try:
            content = self._pieces.get(taking.errors_id, place)
        except (NotFound, Unreadable):
            return []
        return list(csv.reader(io.StringIO(content.decode(), newline="")))


def _rows_of(run: Broadcast, key: str) -> tuple[str, str]:
    """The ids a run gives its row for an address, and the one that stands in for it on another channel."""
    id = delivery_id(run, key)
    return id, f"{id}~f"


def _address(row: Membership) -> Address:
    return Address(row.kind, row.address)


def _local(address: Address) -> str:
    """As people write it in lists."""
    return address.value.removeprefix("+86")


def _bare(text: str) -> str:
    """A cell as addresses are looked for in it: width, case, blanks and strokes do not matter."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split()).replace("-", "")


def _mention(cells: Iterable[str], marks: Sequence[str]) -> bool:
    """Whether one of the addresses stands in one of the cells."""
    return any(mark in bare for bare in map(_bare, cells) for mark in marks)
