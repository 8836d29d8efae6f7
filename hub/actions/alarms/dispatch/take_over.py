"""A person of a command desk takes an alarm over: on the page, by answering a text, or by a call of the
desk's own system. Both times stand then in the alarm and in the record of the case.

Rules protected: the first who takes over stands; the same word again changes nothing. A text counts only from
a number that the alarm was sent to, with the code that stood in it; any other text goes the way of all texts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from channels.address import masked
from channels.contract import InboundMessage
from hub.actions.alarms.ways import CommandDesk, Ways
from hub.model import policy
from hub.model.agent import Agent, Permission
from hub.model.alarms.alarm import Alarm, Way, taken_over
from hub.model.cases.history import HistoryKind, recorded
from hub.model.cases.step import SYSTEM
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.runtime.errors import Forbidden, NotFound, Stale
from hub.store.documents import Conflict, Documents, Duplicate, Write
from hub.store.until_committed import until_committed

_CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")
_MOST_CHARS = 40
"""An answer is a code and a word or two; what is longer has something to say and is read by people."""
_ANSWERED_MS = 24 * 3_600_000
_TRIES = 6


class TakeOver:
    """One method for each way."""

    def __init__(self, documents: Documents, repositories: Repositories, ways: Ways, clock: Clock) -> None:
        self._documents = documents
        self._repositories = repositories
        self._ways = ways
        self._clock = clock

    async def on_page(self, agent: Agent, case_id: str, desk_id: str) -> None:
        """已接收, by staff of the desk's unit. Raises `NotFound`, `Forbidden`, or `Stale` where a colleague
        was quicker."""
        case = await self._repositories.cases.get(case_id)
        policy.require(agent, case.value if case else None, Permission.CASE_REPLY)
        desk = self._ways.desk(desk_id)
        if desk is None or not await self.is_staff(agent, desk):
            raise Forbidden("desk")
        now = self._clock.now_ms()
        took = await self._take(case_id, desk, Way.PAGE, now, by=agent.id, who=agent.name)
        if took not in ("", agent.id):
            raise Stale("alarm")

    async def is_staff(self, agent: Agent, desk: CommandDesk) -> bool:
        """Whether the agent belongs to the unit of a desk."""
        unit = await self._repositories.units.get(agent.unit_id) if desk.unit and agent.unit_id else None
        return unit is not None and unit.name == desk.unit

    async def by_system(self, case_id: str, desk: CommandDesk, *, at: int, who: str) -> None:
        """The system of the desk says so. Raises `NotFound` for an alarm that was not handed over to it."""
        await self._take(case_id, desk, Way.WEBHOOK, at, who=who)

    async def by_text(self, event: InboundMessage) -> bool:
        """Whether a text took an alarm over, or did so before; False for any other text."""
        found = _CODE.findall(event.text) if len(event.text) <= _MOST_CHARS else []
        desks = [desk for desk in self._desks() if desk.text and event.sender in desk.text.addresses]
        if len(found) != 1 or not desks:
            return False
        since = self._clock.now_ms() - _ANSWERED_MS
        sent = [
            (alarm.value.id, desk)
            for alarm in await self._repositories.alarms.raised(since=since)
            for desk in desks
            if any(one.code == found[0] and one.desk == desk.id for one in alarm.value.passings)
        ]
        if len(sent) != 1:
            return False
        case_id, desk = sent[0]
        who = masked(event.sender)
        await self._take(case_id, desk, Way.TEXT, event.received_at, who=who, code=found[0])
        return True

    def _desks(self) -> list[CommandDesk]:
        known = (self._ways.desk(id) for id in ("", *self._ways.desks))
        return [desk for desk in known if desk is not None]

    async def _take(
        self,
        case_id: str,
        desk: CommandDesk,
        way: Way,
        at: int,
        *,
        by: str = "",
        who: str = "",
        code: str = "",
    ) -> str:
        """Who took it over before, as an agent's id or `*` for others; "" for nobody."""

        async def decide() -> tuple[Sequence[Write], str]:
            alarm = await self._repositories.alarms.get(case_id)
            case = await self._repositories.cases.get(case_id)
            number = _number(alarm.value, desk, way, code) if alarm else None
            if alarm is None or case is None or number is None:
                raise NotFound("alarm")
            before = next((p for p in alarm.value.passings if p.desk == desk.id and p.taken_at), None)
            if before is not None:
                return (), before.taken_by or "*"
            sent_at = alarm.value.passings[number].sent_at
            after = taken_over(alarm.value, number, at=max(at, sent_at), by=by, who=who)
            facts = {"way": str(way), "sent_at": str(sent_at)} | ({"desk": desk.id} if desk.id else {})
            heard, entry = recorded(
                case.value,
                at=self._clock.now_ms(),
                actor=by or SYSTEM,
                kind=HistoryKind.TAKEN_OVER_110,
                facts=facts,
                text="：".join(filter(None, (desk.name, who))),
            )
            cases = self._repositories.cases
            update = self._repositories.alarms.update(after, alarm.version)
            return [update, cases.update(heard, case.version), cases.insert_entry(entry)], ""

        try:
            return await until_committed(self._documents, decide, tries=_TRIES)
        except (Conflict, Duplicate):
            raise Stale("alarm") from None


def _number(alarm: Alarm, desk: CommandDesk, way: Way, code: str) -> int | None:
    """Which passing is answered: the one by this way, or the last to the desk; None where there is none."""
    mine = [number for number, one in enumerate(alarm.passings) if one.desk == desk.id]
    by_it = [
        number
        for number in mine
        if alarm.passings[number].way is way and code in ("", alarm.passings[number].code)
    ]
    return by_it[-1] if by_it else mine[-1] if mine else None
