"""The store that raises an alarm with every emergency, in the commit that makes the emergency.

The writes say themselves what they make, so no action that opens an EMERGENCY case, or makes a case one,
has to know of alarms or can forget one: a text, a call, a letter, a late look at the meaning, a handler's
key. After a kill at any instant there is a case with its alarm, or neither.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from hub.model.alarms.alarm import AlarmState, dismissed, raised, raised_again, signed
from hub.model.cases.history import HistoryKind
from hub.model.track import Track
from hub.repositories.alarms.alarms import AlarmRepository
from hub.runtime.clock import Clock
from hub.store.around import DocumentsAround
from hub.store.crypto import Vault
from hub.store.documents import Documents, Insert, Update, Write

_RECLASSIFIED = "reclassify"


class RaisingDocuments(DocumentsAround):
    """`Documents` whose `commit` adds the alarms; everything else is that of the store beneath."""

    def __init__(self, documents: Documents, vault: Vault, clock: Clock, *, wait_seconds: float) -> None:
        """wait_seconds: how long a person has to confirm an alarm."""
        super().__init__(documents)
        self._alarms = AlarmRepository(documents, vault)
        self._clock = clock
        self._wait_ms = round(wait_seconds * 1000)

    async def commit(self, writes: Sequence[Write]) -> None:
        """See the port."""
        alarms = [await self._alarm(write) for write in _emergencies(writes)]
        added = [alarm for alarm in alarms if alarm is not None]
        known = {write.id for write in (*writes, *added) if write.collection == "alarms"}
        followed = [await self._followed(one) for one in _changes(writes) if one.case_id not in known]
        added += [alarm for alarm in followed if alarm is not None]
        await super().commit([*writes, *added] if added else writes)

    async def _followed(self, change: _Change) -> Write | None:
        """The alarm of a case that went behind the compartment or out of it, or was 误报: what is counted of
        alarms has to know; None where there is none, or nothing changes."""
        found = await self._alarms.get(change.case_id)
        if found is None:
            return None
        after = replace(found.value, wall=change.compartment)
        if change.is_dismissed:
            after = dismissed(after, at=self._clock.now_ms())
        if change.is_signed:
            after = signed(after, at=self._clock.now_ms(), desk=change.desk)
        return self._alarms.update(after, found.version) if after != found.value else None

    async def _alarm(self, write: Insert | Update) -> Write | None:
        """The alarm of an emergency; None for a case that has one."""
        at = self._clock.now_ms()
        body = write.body if isinstance(write, Insert) else write.set
        place = {"city": body.get("region", ""), "wall": body["compartment"]}
        found = await self._alarms.get(write.id) if isinstance(write, Update) else None
        if found is None:
            return self._alarms.insert(replace(raised(write.id, at=at, wait_ms=self._wait_ms), **place))
        if found.value.state is not AlarmState.OVER:
            return None
        again = replace(raised_again(found.value, at=at, wait_ms=self._wait_ms), **place)
        return self._alarms.update(again, found.version)


def _emergencies(writes: Sequence[Write]) -> Iterator[Insert | Update]:
    """New emergencies, and cases that may just have become one: what is done to an emergency later leaves
    another event in it."""
    for write in writes:
        match write:
            case Insert("cases", _, {"track": Track.EMERGENCY, "open": 1}):
                yield write
            case Update("cases", _, {"track": Track.EMERGENCY, "open": 1, "last_move": event}, _):
                if event == _RECLASSIFIED:
                    yield write


class _Change(NamedTuple):
    """Of a case that may have an alarm."""

    case_id: str
    compartment: str
    is_dismissed: bool
    is_signed: bool = False
    desk: str = ""


_MOVED_BY = frozenset({HistoryKind.SUSPECTED, HistoryKind.CONFIRMED, HistoryKind.RELEASED})

_SIGNED_BY = frozenset({HistoryKind.DANGER_ANEW, HistoryKind.OTHER_DESK})


def _changes(writes: Sequence[Write]) -> Iterator[_Change]:
    """By the entries of histories, which every change of a case leaves."""
    cases = {
        write.id: write.set for write in writes if isinstance(write, Update) and write.collection == "cases"
    }
    for write in writes:
        if not isinstance(write, Insert) or write.collection != "history":
            continue
        entry = write.body
        case_id, is_dismissed = entry["case_id"], entry["kind"] == HistoryKind.FALSE_ALARM
        moves = is_dismissed or entry["kind"] in _MOVED_BY or entry["facts"].get("event") == _RECLASSIFIED
        is_signed = entry["kind"] in _SIGNED_BY
        if (moves or is_signed) and case_id in cases:
            desk = entry["facts"].get("desk", "") if is_signed else ""
            yield _Change(case_id, cases[case_id]["compartment"], is_dismissed, is_signed, desk)
