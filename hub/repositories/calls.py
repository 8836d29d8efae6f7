"""Calls, their recordings, the evidence chain, and every version of a flow a call may still run."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace

from hub.model.call import Call, Recording
from hub.model.personal import UNREADABLE
from hub.repositories.evidence.behind_compartment import restricted
from hub.repositories.evidence.recording_moves import RecordingMoves
from hub.runtime.ids import derived_id
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Collection, Documents, Insert, Stored, Update
from hub.store.marks import Marks
from ivr.evidence.chain import Link
from ivr.evidence.recordings import LATE_SECONDS, OVERDUE_TRIES, TO_FETCH, RecordingState
from ivr.state import Phase

COLLECTIONS = (
    Collection(
        "calls",
        fields={"channel": str, "updated_at": int, "waiting": int, "caller_key": str, "ask_at": int},
        indexes=(("waiting", "updated_at"), ("caller_key", "updated_at"), ("ask_at",)),
    ),
    Collection(
        "recordings",
        fields={"state": str, "next_at": int, "case_id": str, "call_id": str},
        indexes=(("state", "next_at"), ("case_id",), ("call_id",)),
    ),
    Collection("evidence", fields={"seq": int}, unique=(("seq",),)),
    Collection("flows"),
)

_PAGE = 100
_BY_ID = (("id", 1),)
_MANY = 1000
_OVER, _RUNNING, _TRANSFERRED = 0, 1, 2
"""What `waiting` says of a call."""


class CallRepository:
    """Reads calls; gives the writes that store them."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._calls = Shape(Call, "calls", vault)

    @staticmethod
    def id_for(channel: str, provider_id: str) -> str:
        """The id of a call."""
        return derived_id("call", channel, provider_id)

    async def get(self, call_id: str) -> Versioned[Call] | None:
        """A call with its version, or None."""
        stored = await self._documents.get("calls", call_id)
        return None if stored is None else self._calls.versioned(stored)

    async def silent_since(self, at: int, *, transferred: bool) -> AsyncIterator[Versioned[Call]]:
        """Calls that have not ended and about which nothing was heard since `at`, the longest first; they may
        be changed on the way.

        transferred: those put through to a person, else all others.
        """
        waiting = _TRANSFERRED if transferred else _RUNNING
        where, sort = {"waiting": waiting, "updated_at": {"$lt": at}}, (("updated_at", 1),)
        after: str | None = None
        while True:
            found = await self._documents.find("calls", where, sort=sort, limit=_PAGE, after=after)
            for call in self._calls.listed_versioned(found):
                yield call
            if len(found) < _PAGE:
                return
            after = self._documents.cursor(found[-1], sort)

    async def of_callers(self, caller_keys: Sequence[str], *, limit: int) -> list[Call]:
        """Calls from these numbers (blind indexes), the newest first."""
        keys = [key for key in caller_keys if key]
        if not keys:
            return []
        where = {"caller_key": {"$in": keys}}
        found = await self._documents.find("calls", where, sort=(("updated_at", -1),), limit=limit)
        return self._calls.listed(found)

    async def over_since(self, at: int, *, limit: int) -> list[Call]:
        """Calls that are over and of which something was heard since `at`, the newest first."""
        where = {"waiting": _OVER, "updated_at": {"$gte": at}}
        found = await self._documents.find("calls", where, sort=(("updated_at", -1),), limit=limit)
        return self._calls.listed(found)

    async def to_ask(self, now: int, *, limit: int) -> list[Versioned[Call]]:
        """Calls of whose recordings the provider is to be asked, the longest waiting first."""
        where = {"ask_at": {"$gt": 0, "$lte": now}}
        found = await self._documents.find("calls", where, sort=(("ask_at", 1),), limit=limit)
        return self._calls.listed_versioned(found)

    def insert(self, call: Call) -> Insert:
        """The write of a new call."""
        write = self._calls.insert(call)
        write.body["waiting"] = _waiting(call)
        return write

    def update(self, call: Call, version: int) -> Update:
        """The write of a call read at `version`."""
        write = self._calls.update(call, version)
        write.set["waiting"] = _waiting(call)
        return write


class FlowRepository:
    """The versions of flows, kept so that a running call survives a release that changes its flow."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    async def keep(self, sha: str, text: str) -> None:
        """Keeps a flow's text; one that is kept already is left as it is."""
        await self._documents.insert_many("flows", [(sha, {"text": text})])

    async def texts(self) -> dict[str, str]:
        """Every kept flow by its sha. There is one for each release of a flow, not many."""
        return {stored.id: stored.body["text"] async for stored in self._documents.scan("flows")}

    async def has_calls(self) -> bool:
        """Whether any call is running."""
        counted = await self._documents.count("calls", {"waiting": {"$in": [_RUNNING, _TRANSFERRED]}})
        return bool(sum(counted.values()))


def _waiting(call: Call) -> int:
    if call.ended:
        return _OVER
    return _TRANSFERRED if call.state and call.state.phase is Phase.TRANSFER else _RUNNING


@dataclass(frozen=True, slots=True)
class Backlog:
    """Recordings people should know of, each count `_MANY` at most.

    overdue: do not come. unheard: sealed for long and not recognised yet. failed: could not be recognised.
    lost: given up after 40 days. stray: of a call that is not known, so of no case.
    """

    overdue: int
    unheard: int
    failed: int
    lost: int
    stray: int


async def backlog(documents: Documents, now: int, *, outside_only: bool = False) -> Backlog:
    """What stands still at `now`. outside_only: without recordings of cases behind the compartment, whose
    number would tell of them."""

    async def late(*states: RecordingState) -> list[Stored]:
        where = {"state": {"$in": [str(state) for state in states]}}
        found = await documents.find("recordings", where, sort=(("next_at", 1),), limit=_MANY)
        if not outside_only:
            return found
        hidden = await restricted(documents, (one.body["case_id"] for one in found))
        return [one for one in found if one.body["case_id"] not in hidden]

    def is_old(stored: Stored) -> bool:
        return bool(now - stored.body["taken_at"] > LATE_SECONDS * 1000)

    waiting = await late(*TO_FETCH)
    unheard = await late(RecordingState.SEALED)
    return Backlog(
        overdue=sum(stored.body["tries"] >= OVERDUE_TRIES or is_old(stored) for stored in waiting),
        unheard=sum(map(is_old, unheard)),
        failed=len(await late(RecordingState.TRANSCRIPT_FAILED)),
        lost=len(await late(RecordingState.LOST)),
        stray=len(await documents.find("recordings", {"case_id": ""}, limit=_MANY)),
    )


class RecordingRepository:
    """Reads recordings and the evidence chain; gives the writes that store them. moves: of their cases."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._recordings = Shape(Recording, "recordings", vault, unreadable={"transcript": UNREADABLE})
        self._links = Shape(Link, "evidence", vault, personal=frozenset(), key="seq")
        self._marks = Marks(vault, "recordings")
        self.moves = RecordingMoves(documents)

    async def get(self, recording_id: str) -> Versioned[Recording] | None:
        """A recording with its version, or None."""
        stored = await self._documents.get("recordings", recording_id)
        return None if stored is None else self._recordings.versioned(stored)

    async def of_case(self, case_id: str) -> list[Recording]:
        """The recordings of a case."""
        found = await self._documents.find("recordings", {"case_id": case_id}, limit=100)
        return sorted(self._recordings.listed(found), key=lambda one: one.taken_at)

    async def of_call(self, call_id: str) -> list[Versioned[Recording]]:
        """The recordings of a call."""
        found = await self._documents.find("recordings", {"call_id": call_id}, limit=100)
        return [self._recordings.versioned(stored) for stored in found]

    async def due(
        self, states: Sequence[RecordingState], now: int, *, limit: int
    ) -> list[Versioned[Recording]]:
        """Recordings in one of `states` whose next try has come, the longest waiting first."""
        found = await self._documents.find(
            "recordings",
            {"state": {"$in": [str(state) for state in states]}, "next_at": {"$lte": now}},
            sort=(("next_at", 1),),
            limit=limit,
        )
        return self._recordings.listed_versioned(found)

    async def put_off(
        self, states: Sequence[RecordingState], now: int, *, limit: int
    ) -> list[Versioned[Recording]]:
        """Recordings in one of `states` whose next try is still to come, the earliest first."""
        found = await self._documents.find(
            "recordings",
            {"state": {"$in": [str(state) for state in states]}, "next_at": {"$gt": now}},
            sort=(("next_at", 1),),
            limit=limit,
        )
        return self._recordings.listed_versioned(found)

    async def head(self) -> Link | None:
        """The newest link of the evidence chain."""
        found = await self._documents.find("evidence", {}, sort=(("seq", -1),), limit=1)
        return self._links.load(found[0]) if found else None

    async def links(self, *, after: int = 0, limit: int = 1000) -> list[Link]:
        """The chain in order, behind `after`."""
        found = await self._documents.find(
            "evidence", {"seq": {"$gt": after}}, sort=(("seq", 1),), limit=limit
        )
        return self._links.listed(found)

    def insert(self, recording: Recording) -> Insert:
        """The write of a new recording."""
        return self._recordings.insert(recording)

    def update(self, recording: Recording, version: int) -> Update:
        """The write of a recording read at `version`."""
        return self._recordings.update(recording, version)

    def insert_link(self, link: Link) -> Insert:
        """The write of a link, which marks it; its place in the chain is unique."""
        return self._links.insert(replace(link, mark=self._marks.of(link.hash)))

    def unmarked(self, links: Sequence[Link]) -> Link | None:
        """The first link of the chain whose mark is wrong or gone."""
        wrong = self._marks.first_wrong((one.hash, one.mark) for one in links)
        return None if wrong is None else links[wrong]

    async def page(self, after: str, *, limit: int) -> tuple[list[Recording], str]:
        """Recordings in the order of their ids behind `after` ("" = from the first), and where the next page
        begins, "" behind the last."""
        found = await self._documents.find("recordings", {}, sort=_BY_ID, limit=limit, after=after or None)
        reached = self._documents.cursor(found[-1], _BY_ID) if len(found) == limit else ""
        return self._recordings.listed(found), reached

    async def everything(self) -> AsyncIterator[Recording]:
        """All recordings."""
        async for stored in self._documents.scan("recordings"):
            for recording in self._recordings.listed([stored]):
                yield recording
