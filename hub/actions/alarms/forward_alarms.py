"""Carries out what the store says of alarms: forwards those nobody confirmed, and asks until 110 has heard.

Every process looks, twice a second: what protects against forwarding twice is the version of the alarm,
which one commit alone can change, and not a lease, after whose holder's death nobody would look for its
term. A webhook is told again under the same id until it acknowledged; each try is a commit of its own
before anything is sent.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from channels.outbox.delivery import DeliveryState
from hub.actions.alarms.pass_on import PassOn
from hub.actions.alarms.report import MakeReport
from hub.model.alarms.alarm import (
    Alarm,
    ForwardReason,
    Way,
    acknowledged,
    must_forward,
    over,
    taken,
    taken_over,
    tried,
)
from hub.model.alarms.desks import Listening
from hub.model.alarms.duty import Attention, listeners
from hub.model.cases.alarm import is_emergency
from hub.model.cases.case import Case
from hub.model.cases.history import HistoryKind, recorded
from hub.model.cases.step import SYSTEM
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Duplicate, Write
from hub.store.until_committed import until_committed

log = logging.getLogger(__name__)

_AT_ONCE = 50
_MOST_WAITING = 1_000
"""Where no way is configured all of them go on waiting; far more than ever wait."""
_TRIES = 6
_DAY_MS = 24 * 3_600_000
_SOON_MS = 60_000
"""How long an acknowledgement may take before the operator is told."""


class ForwardAlarms:
    """One look at all that wait; one look at all that were passed on."""

    def __init__(
        self,
        documents: Documents,
        repositories: Repositories,
        pass_on: PassOn,
        report: MakeReport,
        attention: Attention,
        clock: Clock,
    ) -> None:
        self._documents = documents
        self._repositories = repositories
        self._pass_on = pass_on
        self._report = report
        self._attention = attention
        self._clock = clock

    async def step(self) -> None:
        """Forwards what has to be; one alarm that cannot be read holds up no other."""
        waiting = await self._repositories.alarms.waiting(limit=_MOST_WAITING)
        if not waiting:
            return
        heard = await self.is_heard()
        for alarm in waiting:
            try:
                await self._look(alarm, heard=heard)
            except (Conflict, Duplicate):
                continue  # another process or a person was quicker: looked at again in a moment
            except Exception as problem:
                log.error(
                    "alarm.failed", extra={"case_id": alarm.value.id, "problem": type(problem).__name__}
                )

    async def listen(self) -> None:
        """Tells the command centre what it has not acknowledged, and looks what became of texts."""
        now = self._clock.now_ms()
        due = [
            (one, number)
            for one in await self._repositories.alarms.unheard(now, limit=_AT_ONCE)
            for number, passing in enumerate(one.value.passings)
            if passing in one.value.unheard and passing.next_at <= now
        ]
        await asyncio.gather(*(self._hear(alarm, number, now) for alarm, number in due))

    async def is_heard(self) -> bool:
        """Whether an alarm would be heard by somebody on duty now."""
        return bool(await self._listeners())

    async def listening(self) -> Listening:
        """Whose pages would hear, by their desks."""
        agents = await self._repositories.agents.get_many(sorted(await self._listeners()))
        units = await self._repositories.units.list()
        return Listening({one.unit_id for one in agents.values()}, {unit.id: unit.path for unit in units})

    async def _listeners(self) -> set[str]:
        now, duty = self._clock.now_ms(), self._repositories.duty
        pages = await duty.pages(since=now - self._attention.stream_ms)
        watches = [one.value for one in await duty.on_duty()] if pages else []
        return listeners(pages, watches, self._attention, now)

    async def not_through(self) -> int:
        """How many ring although they should have been forwarded, or were and 110 has not acknowledged."""
        late = self._clock.now_ms() - _SOON_MS
        ringing = [one.value for one in await self._repositories.alarms.ringing()]
        return sum(bool(one.missed_at) or 0 < one.forwarded_at <= late for one in ringing)

    async def unheard_today(self) -> int:
        """How many of the last day were forwarded because no duty page listened."""
        since = self._clock.now_ms() - _DAY_MS
        raised = [one.value for one in await self._repositories.alarms.raised(since=since)]
        return sum(bool(one.forwarded_at) and one.reason is ForwardReason.NOBODY for one in raised)

    async def _look(self, alarm: Versioned[Alarm], *, heard: bool) -> None:
        now, alarms = self._clock.now_ms(), self._repositories.alarms
        case = await self._repositories.cases.get(alarm.value.id)
        if case is None or not is_emergency(case.value):
            await self._documents.commit([alarms.update(over(alarm.value, at=now), alarm.version)])
            return
        if by := await self._claimed_by(case.value):
            after = taken(alarm.value, by=by, at=case.value.updated_at)
            await self._documents.commit([alarms.update(after, alarm.version)])
            return
        reason = must_forward(alarm.value, now=now, heard=heard)
        if reason is None:
            return
        ways = self._pass_on.ways.automatic
        if ways:
            writes = await self._pass_on.writes(alarm, case, reason, ways, at=now)
            await self._documents.commit(writes)
            log.warning("alarm.forwarded", extra={"case_id": alarm.value.id, "reason": str(reason)})
        elif not alarm.value.missed_at:
            await self._documents.commit(self._pass_on.missed(alarm, case.value, at=now))
            log.error("alarm.not_forwarded", extra={"case_id": alarm.value.id, "reason": str(reason)})

    async def _claimed_by(self, case: Case) -> str:
        """Who took the case on its own page, which confirms the alarm; being given it by others does not."""
        if not case.handler_id:
            return ""
        history = await self._repositories.cases.whole_history(case.id)
        given = [entry for entry in history if entry.kind is HistoryKind.ASSIGNED]
        return case.handler_id if given and given[-1].actor == case.handler_id else ""

    async def _hear(self, alarm: Versioned[Alarm], number: int, now: int) -> None:
        """One passing: the try is committed first, so that of several processes one sends it."""
        try:
            begun = tried(alarm.value, number, at=now)
            write: Write = self._repositories.alarms.update(begun, alarm.version)
            await self._documents.commit([write])
        except Conflict:
            return
        passing = begun.passings[number]
        try:
            at = (
                await self._told(begun, passing.desk)
                if passing.way is Way.WEBHOOK
                else await self._delivered(passing.delivery_id)
            )
            if at:
                await until_committed(
                    self._documents, lambda: self._noted(begun.id, number, at), tries=_TRIES
                )
        except Exception as problem:
            log.error("alarm.failed", extra={"case_id": begun.id, "problem": type(problem).__name__})

    async def _told(self, alarm: Alarm, desk_id: str) -> int:
        """When the command centre acknowledged, 0 = not."""
        desk = self._pass_on.ways.desk(desk_id)
        case = await self._repositories.cases.get(alarm.id)
        if desk is None or desk.centre is None or case is None:
            return 0
        if not await desk.centre.tell(await self._report(alarm, case.value, desk_id)):
            log.warning("alarm.unheard", extra={"case_id": alarm.id})
            return 0
        return self._clock.now_ms()

    async def _delivered(self, delivery_id: str) -> int:
        row = (await self._repositories.outbox.reread([delivery_id])).get(delivery_id)
        if row is None or row.delivery.state is not DeliveryState.DELIVERED:
            return 0
        return row.delivery.receipt_at or self._clock.now_ms()

    async def _noted(self, case_id: str, number: int, at: int) -> tuple[Sequence[Write], None]:
        """The acknowledgement, once: in the alarm and in the record of the case."""
        alarm, case = (
            await self._repositories.alarms.get(case_id),
            await self._repositories.cases.get(case_id),
        )
        if alarm is None or alarm.value.passings[number].acknowledged_at:
            return (), None
        after, passing = acknowledged(alarm.value, number, at=at), alarm.value.passings[number]
        desk = self._pass_on.ways.desk(passing.desk)
        if passing.way is Way.WEBHOOK and (desk is None or not desk.calls_back):
            after = taken_over(after, number, at=at)
        writes: list[Write] = [self._repositories.alarms.update(after, alarm.version)]
        if case is not None:
            facts = {"way": str(passing.way), "sent_at": str(passing.sent_at)}
            facts |= {"desk": passing.desk} if passing.desk else {}
            heard, entry = recorded(case.value, at=at, actor=SYSTEM, kind=HistoryKind.HEARD_110, facts=facts)
            cases = self._repositories.cases
            writes += [cases.update(heard, case.version), cases.insert_entry(entry)]
        return writes, None
