"""What the duty page shows: who is on duty, what rings, what is in hand, what may be danger.

Rule protected: an alarm exists only for whoever may see its case. An officer on duty sees the full number
of an emergency at once, because a life is in danger; who saw it stands in the history of the case, once
for each. However many ring, all of them are there: the oldest as cards, those behind them a line each,
and what is beyond that is counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from channels.contract import ChannelKind
from hub.actions.alarms.forward_alarms import ForwardAlarms
from hub.actions.alarms.report import AlarmReport, MakeReport
from hub.actions.alarms.ways import Ways
from hub.actions.cases.masked_citizen import masked_citizen
from hub.model import policy
from hub.model.agent import Agent
from hub.model.alarms.alarm import Alarm, AlarmState
from hub.model.alarms.duty import DutyWatch
from hub.model.cases.case import Case
from hub.model.cases.history import HistoryKind, recorded
from hub.model.cases.queue.selection import Selection
from hub.model.cases.queue.standing import Mark
from hub.model.track import Track
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Duplicate

_CARDS = 50
_LINES = 200
"""So many are shown each, behind the cards."""
_MOST_POSSIBLE = 50
_READ = 500
"""Cases at once."""
_DAY_MS = 24 * 3_600_000
_SHOWN_AFTER = 20
_REVEALED = "值班查看紧急警情的号码"


@dataclass(frozen=True, slots=True)
class AlarmCard:
    """One alarm. version: of its case. number: full for who is on duty, else masked. by_name: who has it in
    hand. desk: the name of the desk it came to, "" for none."""

    alarm: Alarm
    case: Case
    version: int
    report: AlarmReport
    number: str
    is_full: bool
    by_name: str
    desk: str = ""


@dataclass(frozen=True, slots=True)
class AlarmGroup:
    """Alarms of one kind: cards first, then those that are shown in a line each, numbers masked. count: of
    all; what is neither is counted alone."""

    cards: tuple[AlarmCard, ...]
    lines: tuple[AlarmCard, ...]
    count: int

    @property
    def beyond(self) -> int:
        """How many are neither a card nor a line."""
        return self.count - len(self.cards) - len(self.lines)


@dataclass(frozen=True, slots=True)
class PossibleDanger:
    """A case with 疑似险情 and what was written in it. masked: who wrote it."""

    case: Case
    version: int
    masked: str
    text: str


@dataclass(frozen=True, slots=True)
class AlarmBoard:
    """The whole page. mine: the reader's own turn, None when not on duty. note: the hand-over that waits
    to be read, with its writer's name. heard: whether anybody would hear an alarm now. elsewhere: what rings
    at other desks and not here."""

    on_duty: tuple[tuple[DutyWatch, str], ...]
    mine: DutyWatch | None
    note: tuple[DutyWatch, str] | None
    heard: bool
    ringing: AlarmGroup
    elsewhere: AlarmGroup
    in_hand: AlarmGroup
    possible: tuple[PossibleDanger, ...]
    more_possible: bool
    ways: Ways


class ReadAlarms:
    """Reads for agents."""

    def __init__(
        self,
        documents: Documents,
        repositories: Repositories,
        report: MakeReport,
        forward: ForwardAlarms,
        ways: Ways,
        clock: Clock,
    ) -> None:
        self._documents = documents
        self._repositories = repositories
        self._report = report
        self._forward = forward
        self._ways = ways
        self._clock = clock

    async def __call__(self, agent: Agent) -> AlarmBoard:
        """Everything the agent may see."""
        duty = [one.value for one in await self._repositories.duty.on_duty()]
        mine = next((watch for watch in duty if watch.agent_id == agent.id), None)
        last = await self._repositories.duty.last_ended()
        note = last.value if last is not None and not last.value.read_at else None
        names = await self._names([*(one.agent_id for one in duty), *([note.agent_id] if note else [])])
        possible, more = await self._possible(agent)
        here, elsewhere = await self._by_desk(agent)
        return AlarmBoard(
            on_duty=tuple((watch, names.get(watch.agent_id, "")) for watch in duty),
            mine=mine,
            note=(note, names.get(note.agent_id, "")) if note else None,
            heard=await self._forward.is_heard(),
            ringing=await self._group(agent, here, _CARDS, reveals=mine is not None),
            elsewhere=await self._group(agent, elsewhere, 0, reveals=False),
            in_hand=await self._group(agent, await self._in_hand(agent), _SHOWN_AFTER, reveals=False),
            possible=possible,
            more_possible=more,
            ways=self._ways,
        )

    async def unconfirmed(self, agent: Agent) -> int:
        """How many alarms ring for the agent, of those they may see."""
        here, _ = await self._by_desk(agent)
        return len(here)

    async def _possible(self, agent: Agent) -> tuple[tuple[PossibleDanger, ...], bool]:
        """The oldest with the flag, and whether there are more."""
        page = await self._repositories.case_queue.page(
            Selection(policy.sight(agent), {"open": (1,)}, Mark.POSSIBLE_DANGER), limit=_MOST_POSSIBLE
        )
        flagged = page.cases
        shown = [
            PossibleDanger(
                found.value,
                found.version,
                masked_citizen(found.value),
                await self._report.own_text(found.value),
            )
            for found in flagged[:_SHOWN_AFTER]
        ]
        return tuple(shown), page.next is not None or len(flagged) > len(shown)

    async def _by_desk(self, agent: Agent) -> tuple[list[Versioned[Alarm]], list[Versioned[Alarm]]]:
        """What rings for the agent's desk, and what rings at other desks."""
        ringing = await self._ringing(agent)
        if not ringing:
            return [], []
        listening = await self._forward.listening()
        cases = await self._repositories.cases.as_stored([alarm.value.id for alarm in ringing])
        here: list[Versioned[Alarm]] = []
        elsewhere: list[Versioned[Alarm]] = []
        for alarm in ringing:
            desk = cases[alarm.value.id].body.get("unit", "") if alarm.value.id in cases else ""
            rings = any(listening.rings_for(agent.unit_id, one) for one in (desk, *alarm.value.also))
            (here if rings else elsewhere).append(alarm)
        return here, elsewhere

    async def _ringing(self, agent: Agent) -> list[Versioned[Alarm]]:
        """Without those that wait although their case is no emergency any more: they are about to end."""
        return await self._visible(agent, await self._repositories.alarms.ringing())

    async def _in_hand(self, agent: Agent) -> list[Versioned[Alarm]]:
        """What was taken or forwarded in the last day; first what the agent has in hand."""
        since = self._clock.now_ms() - _DAY_MS
        states = (AlarmState.TAKEN, AlarmState.FORWARDED)
        quiet = await self._repositories.alarms.quiet(since=since)
        visible = await self._visible(agent, [one for one in quiet if one.value.state in states])
        return sorted(visible, key=lambda one: one.value.by != agent.id)

    async def _visible(self, agent: Agent, alarms: Sequence[Versioned[Alarm]]) -> list[Versioned[Alarm]]:
        """By the stored fields of their cases: nothing is unsealed for a count."""
        seen = policy.sight(agent)
        found = []
        for at in range(0, len(alarms), _READ):
            some = alarms[at : at + _READ]
            cases = await self._repositories.cases.as_stored([alarm.value.id for alarm in some])
            for alarm in some:
                body = cases[alarm.value.id].body if alarm.value.id in cases else {}
                is_emergency = body.get("track") == Track.EMERGENCY and body.get("open") == 1
                if seen.holds(body) and (is_emergency or alarm.value.state is not AlarmState.WAITING):
                    found.append(alarm)
        return found

    async def _group(
        self, agent: Agent, alarms: Sequence[Versioned[Alarm]], cards: int, *, reveals: bool
    ) -> AlarmGroup:
        shown = alarms[: cards + _LINES]
        names = await self._names([alarm.value.by for alarm in shown])
        desks = {unit.id: unit.name for unit in await self._repositories.units.list()} if shown else {}
        made = []
        for number, alarm in enumerate(shown):
            case = await self._repositories.cases.get(alarm.value.id)
            if case is not None and policy.may_see(agent, case.value):
                is_card = number < cards
                card = await self._card(agent, alarm, case, names, reveals=reveals and is_card)
                unit = case.value.proceeding.unit_id or case.value.unit_id
                named = [desks.get(one, one) for one in (unit, *alarm.value.also) if one]
                made.append(replace(card, desk="、".join(named)))
        return AlarmGroup(tuple(made[:cards]), tuple(made[cards:]), len(alarms))

    async def _card(
        self,
        agent: Agent,
        alarm: Versioned[Alarm],
        case: Versioned[Case],
        names: dict[str, str],
        *,
        reveals: bool,
    ) -> AlarmCard:
        address = case.value.applicant.address
        is_full = reveals and bool(address) and case.value.origin.kind != ChannelKind.CHAT
        version = case.version
        if is_full and agent.id not in alarm.value.seen_by:
            is_full = await self._noted(agent, alarm, case)
            version += is_full
        return AlarmCard(
            alarm=alarm.value,
            case=case.value,
            version=version,
            report=await self._report(alarm.value, case.value),
            number=address if is_full else masked_citizen(case.value),
            is_full=is_full,
            by_name=names.get(alarm.value.by, ""),
        )

    async def _noted(self, agent: Agent, alarm: Versioned[Alarm], case: Versioned[Case]) -> bool:
        """Writes who saw the number before it is shown; False when somebody changed the alarm just now."""
        after, entry = recorded(
            case.value,
            at=self._clock.now_ms(),
            actor=agent.id,
            kind=HistoryKind.REVEALED,
            text=_REVEALED,
        )
        seen = replace(alarm.value, seen_by=(*alarm.value.seen_by, agent.id))
        cases = self._repositories.cases
        try:
            await self._documents.commit(
                [
                    cases.update(after, case.version),
                    cases.insert_entry(entry),
                    self._repositories.alarms.update(seen, alarm.version),
                ]
            )
        except (Conflict, Duplicate):
            return False
        return True

    async def _names(self, ids: Sequence[str]) -> dict[str, str]:
        agents = await self._repositories.agents.get_many([id for id in ids if id])
        return {id: agent.name for id, agent in agents.items()}
