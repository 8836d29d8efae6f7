"""What nobody of a command desk took over in time goes by the next way of the desk; where none is left, the
operator is told and the alarm rings again.

Every process looks; the version of the alarm lets one of them do it.
"""

from __future__ import annotations

import logging

from hub.actions.alarms.hand_over import HandOver
from hub.actions.alarms.pass_on import PassOn
from hub.model.alarms.alarm import Alarm, Passing, escalated
from hub.model.cases.history import HistoryKind, recorded
from hub.model.cases.step import SYSTEM
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Duplicate, Write

log = logging.getLogger(__name__)

_AT_ONCE = 100


class Escalate:
    """One look at all that were not taken over."""

    def __init__(
        self,
        documents: Documents,
        repositories: Repositories,
        hand_over: HandOver,
        pass_on: PassOn,
        clock: Clock,
    ) -> None:
        self._documents = documents
        self._repositories = repositories
        self._hand_over = hand_over
        self._pass_on = pass_on
        self._clock = clock

    async def step(self) -> None:
        """One alarm that cannot be read holds up no other."""
        now = self._clock.now_ms()
        for alarm in await self._repositories.alarms.untaken(now, limit=_AT_ONCE):
            try:
                await self._documents.commit(await self._writes(alarm, now))
            except (Conflict, Duplicate):
                continue  # taken over just now, or another process was quicker
            except Exception as problem:
                log.error(
                    "alarm.failed", extra={"case_id": alarm.value.id, "problem": type(problem).__name__}
                )

    async def _writes(self, alarm: Versioned[Alarm], now: int) -> list[Write]:
        """For the desk that is waited for the longest; another one is looked at next."""
        late = min((p for p in alarm.value.passings if p.take_by), key=lambda one: one.take_by)
        desk = self._pass_on.ways.desk(late.desk)
        case = await self._repositories.cases.get(alarm.value.id)
        used = {one.way for one in alarm.value.passings if one.desk == late.desk}
        left = [way for way in desk.ways if way not in used] if desk is not None else []
        passings: list[Passing] = []
        writes: list[Write] = []
        if desk is not None and case is not None and left:
            passings, writes = await self._hand_over(desk, left[0], alarm.value, case.value, at=now)
        after = escalated(alarm.value, late.desk, tuple(passings), at=now)
        writes.append(self._repositories.alarms.update(after, alarm.version))
        if case is not None:
            facts = {"ways": " ".join(one.way for one in passings)} | (
                {"desk": late.desk} if late.desk else {}
            )
            told, entry = recorded(
                case.value, at=now, actor=SYSTEM, kind=HistoryKind.UNTAKEN_110, facts=facts
            )
            writes += [self._repositories.cases.update(told, case.version)]
            writes += [self._repositories.cases.insert_entry(entry)]
            if not passings:
                writes += self._pass_on.to_operator(case.value, "已移交，但指挥中心超时无人接收", at=now)
        log.warning("alarm.untaken", extra={"case_id": alarm.value.id, "ways": len(passings)})
        return writes
