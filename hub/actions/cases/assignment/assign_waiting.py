"""Gives cases that nobody has to agents who take new ones: by unit, language and load, equals in turn.

Rules protected: nothing of the compartment and no emergency is given away by a program, and nobody gets a
case that they may not see. Whoever is given one is the handler by the same move as one who takes it. Cases
that fit nobody now (another unit's, for a person to give) stand in nobody's way: each round looks at the
beginning of the queue, which is the most urgent, and then goes on where the last one stopped.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from hub.actions.cases.case_rules import CaseRules
from hub.actions.cases.step_unit import StepUnit
from hub.model import policy
from hub.model.agent import Agent, Permission
from hub.model.cases.attempt import Attempt
from hub.model.cases.case import Case
from hub.model.cases.moves import IllegalMove
from hub.model.cases.queue.selection import Selection
from hub.model.cases.roles import CaseRole
from hub.model.cases.step import SYSTEM, stepped
from hub.model.staff.availability import Availability
from hub.model.track import Compartment, Track
from hub.model.units.sight import Sight
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Duplicate

_PAGE, _PAGES = 100, 10
"""Cases at once, in the order of the queue, and how often in one round."""

_ORDINARY = Sight.of({Compartment.NONE})
_NOBODYS = Selection(_ORDINARY, {"open": (1,), "handler_id": ("",)})


@dataclass(slots=True)
class _Hand:
    """An agent who takes new cases. load: how many open ones they have."""

    agent: Agent
    availability: Versioned[Availability]
    load: int

    def order(self, language: str) -> tuple[bool, int, int]:
        """Who comes first: who speaks the language, has least to do, waits longest."""
        said = self.availability.value
        return language not in said.languages, self.load, said.assigned_at


class AssignWaiting:
    """One round of giving out."""

    def __init__(
        self,
        documents: Documents,
        repositories: Repositories,
        unit: StepUnit,
        rules: CaseRules,
        clock: Clock,
        *,
        at_most: int,
    ) -> None:
        """at_most: open cases of one agent; who has as many gets no more."""
        self._documents = documents
        self._repositories = repositories
        self._unit = unit
        self._rules = rules
        self._clock = clock
        self._at_most = at_most
        self._goes_on: str | None = None  # behind the beginning, where nobody has looked in this walk

    async def step(self) -> bool:
        """Whether a case was given to somebody: then there may be more to do."""
        hands = [hand for hand in await self._hands() if hand.load < self._at_most]
        if not hands:
            return False
        at: str | None = None
        for number in range(_PAGES):
            page = await self._repositories.case_queue.page(_NOBODYS, limit=_PAGE, after=at)
            if await self._give_out(page.cases, hands):
                return True  # the next round looks at the same page, where more may fit who is free again
            if number == 0:
                at = self._goes_on or page.next
            else:
                at = self._goes_on = page.next
            if at is None:
                break
        return False

    async def _give_out(self, cases: Iterable[Versioned[Case]], hands: list[_Hand]) -> bool:
        """Whether any was given; nobody gets two: in turn, and the next round counts anew."""
        given = False
        for found in cases:
            hand = _chosen(found.value, hands)
            if hand is not None and await self._give(found, hand):
                given = True
                hands = [one for one in hands if one is not hand]
        return given

    async def _hands(self) -> list[_Hand]:
        now, stores = self._clock.now_ms(), self._repositories
        ready = {found.value.id: found for found in await stores.availabilities.ready(now)}
        hands = []
        for agent in (await stores.agents.get_many(sorted(ready))).values():
            if agent.may(Permission.CASE_READ) and agent.may(Permission.CASE_REPLY):
                load = await stores.case_queue.of_value(_ORDINARY, 1, "handler_id", agent.id)
                hands.append(_Hand(agent, ready[agent.id], load))
        return hands

    async def _give(self, found: Versioned[Case], hand: _Hand) -> bool:
        now, agent = self._clock.now_ms(), hand.agent
        attempt = Attempt("claim", now, CaseRole.SYS, self._rules.now, SYSTEM, {"handler": agent.id})
        given = replace(found.value, unit_id=agent.unit_id)
        try:
            step = stepped(given, attempt, actor=SYSTEM, facts={"handler": agent.id, "by": "load"})
        except IllegalMove:  # who gave the first opinion, or a late request of a closed case: for a person
            return False
        said = replace(hand.availability.value, assigned_at=now)
        turn = self._repositories.availabilities.write(said, hand.availability.version)
        writes = await self._unit.writes(step, found.version, at=now)
        try:
            await self._documents.commit([*writes, turn])
        except (Conflict, Duplicate):  # somebody took it, or said something else of themselves
            return False
        return True


def _chosen(case: Case, hands: Iterable[_Hand]) -> _Hand | None:
    """Who gets it, or None: an emergency is for a person on duty, a case of a unit for one of that unit."""
    if case.track is Track.EMERGENCY:
        return None
    unit = case.proceeding.unit_id or case.unit_id
    fitting = [
        hand
        for hand in hands
        if policy.may_see(hand.agent, case)
        and hand.agent.id not in case.recused
        and (not unit or hand.agent.unit_id == unit)
    ]
    return min(fitting, key=lambda hand: hand.order(case.origin.language), default=None)
