"""Cases and their chained history. The lists that staff see: `queue/lists.py`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from collections.abc import Collection as Collected
from dataclasses import dataclass, replace

from hub.model.cases.case import Case, Chain
from hub.model.cases.history import HistoryEntry
from hub.model.cases.proceeding import Breach
from hub.model.cases.queue.snoozing import woken
from hub.model.cases.queue.standing import standing
from hub.model.cases.state import OPEN_STATES, CaseState
from hub.model.cases.step import Step
from hub.model.cases.table import MOVES
from hub.model.personal import UNREADABLE
from hub.model.track import Compartment
from hub.model.units.sight import Sight
from hub.repositories.evidence.behind_compartment import restricted
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Body, Collection, Documents, Insert, Stored, Update, Write
from hub.store.marks import Marks
from hub.store.unreadable import Unreadable

COUNTED = (
    "band",
    "stage",
    "todo",
    "waits",
    "track",
    "marks",
    "tags",
    "handler_id",
    "aside",
    "unit",
    "channel",
)
"""Fields by which the store counts cases, apart for each compartment, for what is open, and for what concerns
a higher reviewer: whatever somebody may not see is taken out before anything is summed."""

COUNTED_BY_UNIT = ("band", "stage", "todo", "waits", "track", "marks", "handler_id")
"""Those that are counted for each unit as well, for who sees some units only."""

_LISTED = (
    "aside",
    "higher",
    "waits",
    "channel",
    "track",
    "stage",
    "limit_clock",
    "region",
    "marks",
    "tags",
    "todo",
    "unit",
    "handler_id",
)
"""Fields with an index in the order of the queue. Of two filters the later one leads: it leaves fewer."""

COLLECTIONS = (
    Collection(
        "cases",
        fields={
            "reference": str,
            "compartment": str,
            "open": int,
            "waits": int,
            "track": str,
            "state": str,
            "handler_id": str,
            "rank": int,
            "band": int,
            "stage": int,
            "todo": str,
            "marks": int,
            "tags": int,
            "higher": int,
            "channel": str,
            "region": str,
            "unit": str,
            "aside": str,
            "limit_clock": str,
            "received_at": int,
            "updated_at": int,
            "due_at": int,
            "address_key": str,
        },
        indexes=(
            ("address_key", "compartment", "updated_at"),
            ("compartment", "open", "rank"),
            *(("compartment", "open", name, "rank") for name in _LISTED),
            ("compartment", "open", "unit", "track", "rank"),  # the pair that is filtered by together
            ("compartment", "open", "received_at"),
            ("updated_at",),
            ("due_at",),
            ("updated_at",),
        ),
        unique=(("reference",),),
        counted=(
            *(("compartment", "open", "higher", name) for name in COUNTED),
            *(("unit", "compartment", "open", "higher", name) for name in COUNTED_BY_UNIT),
        ),
    ),
    Collection("history"),
    Collection("breaches", fields={"at": int}, indexes=(("at",),)),
)

_TIMES = ("due_at", "limit_at", "limit_clock", "limit_statutory", "ranked_at")
_PAGE = 1_000
_OF_ONE = 200
"""So many cases of one person are looked through for those somebody may see."""
_OLD_PAGE = 100
_KEYS = 200
_RUNNING = {"$in": sorted(OPEN_STATES | {CaseState.HANDED_OFF})}


@dataclass(frozen=True, slots=True)
class BreachRecord:
    """A limit that a case missed: stored once, never changed. migrated: missed before there were clocks here.

    id: of the case, and its place among the case's breaches, which only grow: nothing is recorded twice.
    """

    id: str
    case_id: str
    clock: str
    at: int
    unit_id: str = ""
    handler_id: str = ""
    migrated: bool = False


@dataclass(frozen=True, slots=True)
class CaseChain:
    """What a case says of its history."""

    case_id: str
    reference: str
    compartment: Compartment
    chain: Chain


class CaseRepository:
    """Reads cases; gives the writes that store them and their history."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._vault = vault
        self._cases = Shape(Case, "cases", vault, unreadable={"title": UNREADABLE})
        self._marks = Marks(vault, "history")
        self._breaches = Shape(BreachRecord, "breaches", vault)
        self._history = Shape(HistoryEntry, "history", vault, unreadable={"text": UNREADABLE})

    async def get(self, case_id: str) -> Versioned[Case] | None:
        """A case with its version, or None."""
        stored = await self._documents.get("cases", case_id)
        return None if stored is None else self._cases.versioned(stored)

    async def opened_between(self, after: str, before: str, *, limit: int) -> list[Case]:
        """Cases by id, which is the order of time for those that messages opened: behind `after`, before
        `before`. For the hub's own work only: nothing of a compartment is taken out."""
        where = {"id": {"$gt": after, "$lt": before}}
        found = await self._documents.find("cases", where, sort=(("id", 1),), limit=limit)
        return self._cases.listed(found)

    async def walled(self, ids: Sequence[str]) -> frozenset[str]:
        """Those of these cases that stand behind a compartment wall."""
        return await restricted(self._documents, ids)

    async def by_reference(self, reference: str) -> Versioned[Case] | None:
        """A case by the number the citizen knows, or None."""
        stored = await self._documents.find_one("cases", {"reference": reference})
        return None if stored is None else self._cases.versioned(stored)

    async def of_addresses(
        self, sight: Sight, address_keys: Sequence[str], *, limit: int
    ) -> list[Versioned[Case]]:
        """Visible cases that were brought from one of these addresses (blind indexes), the newest first."""
        keys = [key for key in address_keys if key]
        if not sight.clauses or not keys:
            return []
        among = keys[0] if len(keys) == 1 else {"$in": keys}
        where = {"address_key": among, **_visible(sight.compartments)}
        most = limit if sight.whole else max(limit, _OF_ONE)
        found = await self._documents.find("cases", where, sort=(("updated_at", -1),), limit=most)
        listed = self._cases.listed_versioned([one for one in found if sight.holds(one.body)][:limit])
        return [one for one in listed if one.value.state is not CaseState.DRAFT]

    async def running_of(self, address_keys: Sequence[str]) -> list[Case]:
        """Open cases that were brought from these addresses (blind indexes), and those handed over. For the
        hub's own work only: nothing of a compartment is taken out."""
        found: list[Case] = []
        for start in range(0, len(address_keys), _KEYS):
            keys = list(address_keys[start : start + _KEYS])
            where = {"address_key": {"$in": keys}, **_visible(frozenset(Compartment)), "state": _RUNNING}
            found += self._cases.listed(await self._documents.find("cases", where, limit=_PAGE))
        return found

    async def arrivals(self, sight: Sight, since: int, *, limit: int) -> list[tuple[int, str]]:
        """When and by what kind of channel visible cases came since then, of the `limit` that came last;
        nothing is unsealed."""
        if not sight.clauses:
            return []
        where = {**_visible(sight.compartments), "open": {"$in": [0, 1]}, "received_at": {"$gte": since}}
        found = await self._documents.find("cases", where, sort=(("received_at", -1),), limit=limit)
        seen = (stored.body for stored in found if sight.holds(stored.body))
        return [(body["received_at"], body["kind"]) for body in seen]

    async def ended(
        self, compartments: Collected[Compartment], handler_id: str, since: int, *, limit: int
    ) -> list[tuple[int, int]]:
        """When cases came and when they changed last, of those that ended with this handler since then, as
        far as they are among the `limit` that came last; nothing is unsealed."""
        if not compartments:
            return []
        where = {"open": 0, "handler_id": handler_id, **_visible(compartments)}
        # By rank, which is the newest first of what is done: so the index of the handler serves it.
        found = await self._documents.find("cases", where, sort=(("rank", 1),), limit=limit)
        spans = [(stored.body["received_at"], stored.body["updated_at"]) for stored in found]
        return [(received_at, ended_at) for received_at, ended_at in spans if ended_at >= since]

    async def as_stored(self, ids: Sequence[str]) -> dict[str, Stored]:
        """Cases as they are stored, by id; nothing is unsealed."""
        return await self._documents.get_many("cases", ids)

    def unsealed(self, stored: Stored) -> Versioned[Case] | None:
        """The case of a stored one, None when its row cannot be read."""
        try:
            return self._cases.versioned(stored)
        except Unreadable:
            return None

    async def changed_since(self, instant: int, *, limit: int) -> list[tuple[str, int, int]]:
        """Id, version and instant of cases changed after one (ms UTC), those changed last first."""
        where, sort = {"updated_at": {"$gt": instant}}, (("updated_at", -1),)
        found = await self._documents.find("cases", where, sort=sort, limit=limit)
        return [(stored.id, stored.version, stored.body["updated_at"]) for stored in found]

    async def history(self, case_id: str, *, limit: int = 1000) -> list[HistoryEntry]:
        """The chained history, oldest first."""
        return await self._history_after(case_id, f"{case_id}:", limit)

    async def history_after(self, case_id: str, seq: int) -> list[HistoryEntry]:
        """What stands in the history behind the entry numbered `seq`, oldest first."""
        return await self._history_after(case_id, f"{case_id}:{seq:06d}", _PAGE)

    async def whole_history(self, case_id: str) -> list[HistoryEntry]:
        """All of the chained history, however long."""
        entries: list[HistoryEntry] = []
        while True:
            page = await self._history_after(case_id, entries[-1].id if entries else f"{case_id}:", _PAGE)
            entries += page
            if len(page) < _PAGE:
                return entries

    async def _history_after(self, case_id: str, id: str, limit: int) -> list[HistoryEntry]:
        """By id, which is the case's and the number in it."""
        of_case = {"id": {"$gt": id, "$lt": f"{case_id};"}}
        return self._history.listed(await self._documents.find("history", of_case, limit=limit))

    async def chains(self) -> AsyncIterator[CaseChain]:
        """What every case says of its history; nothing is unsealed."""
        async for stored in self._documents.scan("cases"):
            yield _chain(stored)

    async def chains_since(self, at: int) -> AsyncIterator[tuple[int, CaseChain]]:
        """The same of cases changed at or after an instant (ms UTC), each with its own, earliest first."""
        where, sort, after = {"updated_at": {"$gte": at}}, (("updated_at", 1),), None
        while found := await self._documents.find("cases", where, sort=sort, limit=_PAGE, after=after):
            for stored in found:
                yield stored.body["updated_at"], _chain(stored)
            after = self._documents.cursor(found[-1], sort)

    async def chain(self, case_id: str) -> CaseChain | None:
        """The same of one case, or None."""
        stored = await self._documents.get("cases", case_id)
        return None if stored is None else _chain(stored)

    def insert(self, case: Case) -> Insert:
        """The write of a new case. Raises `ValueError` for a state no move of the table leads to."""
        _check(case)
        write = self._cases.insert(case)
        write.body.update(_queue_fields(case))
        return write

    def update(self, case: Case, version: int) -> Update:
        """The write of a case read at `version`. Raises `ValueError` as `insert` does."""
        _check(case)
        case = woken(case)
        write = self._cases.update(case, version)
        write.set.update(_queue_fields(case))
        return write

    def insert_entry(self, entry: HistoryEntry) -> Insert:
        """The write of a history entry, with its mark; its id is its place in the chain, so unique."""
        return self._history.insert(replace(entry, mark=self._marks.of(_marked(entry))))

    def unmarked(self, entries: Sequence[HistoryEntry]) -> int:
        """Number of the first entry of a case whose mark is wrong or gone; 0 = none."""
        wrong = self._marks.first_wrong((_marked(entry), entry.mark) for entry in entries)
        return 0 if wrong is None else wrong + 1

    def step_writes(self, step: Step, version: int, *, migrated: bool = False) -> list[Write]:
        """The writes of a step of a case that was read at `version`. migrated: see `BreachRecord`."""
        case = step.case
        return [
            self.update(case, version),
            *map(self.insert_entry, step.entries),
            *(
                self._breaches.insert(_record(case, number, breach, migrated=migrated))
                for number, breach in enumerate(
                    step.breaches, start=len(case.proceeding.breaches) - len(step.breaches)
                )
            ),
        ]

    async def many(self, ids: Sequence[str]) -> dict[str, Case]:
        """Cases by id; those that are not there are left out."""
        found = await self._documents.get_many("cases", ids)
        return {case.id: case for case in self._cases.listed(found.values())}

    async def pages(self) -> AsyncIterator[list[Versioned[Case]]]:
        """All cases by id, drafts and compartments too."""
        after = ""
        while found := await self._documents.find(
            "cases", {"id": {"$gt": after}}, sort=(("id", 1),), limit=_PAGE
        ):
            yield self._cases.listed_versioned(found)
            after = found[-1].id

    async def touched_since(self, at: int, *, limit: int) -> list[Case]:
        """Cases that were changed at or after an instant (ms UTC), the newest first; drafts and compartments
        too."""
        where = {"updated_at": {"$gte": at}}
        found = await self._documents.find("cases", where, sort=(("updated_at", -1),), limit=limit)
        return self._cases.listed(found)

    async def changed_from(
        self, at: int, *, after: str | None, limit: int
    ) -> tuple[list[Versioned[Case]], str | None]:
        """Cases changed at or after an instant (ms UTC), the earliest first, compartments too; and how to go
        on behind them, by `after`."""
        sort = (("updated_at", 1),)
        where = {"updated_at": {"$gte": at}}
        found = await self._documents.find("cases", where, sort=sort, limit=limit, after=after)
        behind = self._documents.cursor(found[-1], sort) if found else after
        return self._cases.listed_versioned(found), behind

    async def before_clocks(self) -> AsyncIterator[tuple[int, list[Versioned[Case]]]]:
        """Pages of all cases by id: how many were looked at, and those of them that were stored before
        there were clocks. A draft has none yet."""
        after = ""
        while found := await self._documents.find(
            "cases", {"id": {"$gt": after}}, sort=(("id", 1),), limit=_OLD_PAGE
        ):
            yield len(found), self._cases.listed_versioned(filter(_is_before_clocks, found))
            after = found[-1].id

    async def everything(self) -> int:
        """How many cases there are, drafts and compartments too."""
        return sum((await self._documents.count("cases", {})).values())

    async def due(self, at: int, *, limit: int) -> list[Versioned[Case]]:
        """Cases to which time has something to do by an instant, the longest overdue first."""
        where = {"due_at": {"$gt": 0, "$lte": at}}
        found = await self._documents.find("cases", where, sort=(("due_at", 1),), limit=limit)
        return self._cases.listed_versioned(found)

    async def with_due(self) -> AsyncIterator[list[Versioned[Case]]]:
        """Pages of the cases to which time will do something."""
        sort, after = (("due_at", 1),), None
        while found := await self._documents.find(
            "cases", {"due_at": {"$gt": 0}}, sort=sort, limit=_PAGE, after=after
        ):
            yield self._cases.listed_versioned(found)
            after = self._documents.cursor(found[-1], sort)

    async def reschedule(self, changes: Sequence[tuple[Case, int]]) -> list[str]:
        """Sets the limit of cases read at a version, and when time does something to them next; the ids of
        those that were changed meanwhile."""
        return await self._documents.settle(
            "cases",
            [
                (case.id, version, {name: getattr(case, name) for name in _TIMES} | standing(case))
                for case, version in changes
            ],
        )

    def code_hash(self, case_id: str, salt: str, code: str) -> str:
        """Keyed, salted hash of a query code (docs/adr/0002)."""
        return self._vault.blind(f"query-code:{case_id}:{salt}:{code}")


def _is_before_clocks(stored: Stored) -> bool:
    return not stored.body.get("registered_at") and stored.body["state"] != CaseState.DRAFT


def _record(case: Case, number: int, breach: Breach, *, migrated: bool) -> BreachRecord:
    id = f"{case.id}:{number:04d}"
    return BreachRecord(id, case.id, breach.clock, breach.at, breach.unit_id, case.handler_id, migrated)


def _check(case: Case) -> None:
    """A state that no row of the table leads to is a fault of the program, found before it is stored."""
    p = case.proceeding
    if p.event and (p.event, p.came_from, p.state) not in MOVES:
        raise ValueError(f"no move of the table: {p.event} {p.came_from} → {p.state}")


def _queue_fields(case: Case) -> Body:
    return {**standing(case), "reference": case.reference or None}


def _chain(stored: Stored) -> CaseChain:
    body = stored.body
    return CaseChain(
        stored.id,
        body["reference"] or stored.id,
        Compartment(body["compartment"]),
        Chain(body["history_seq"], body["history_head"]),
    )


def _marked(entry: HistoryEntry) -> str:
    return f"{entry.id} {entry.hash}"


def _visible(compartments: Collected[Compartment]) -> Body:
    names = [str(compartment) for compartment in Compartment if compartment in compartments]
    return {"compartment": names[0] if len(names) == 1 else {"$in": names}}
