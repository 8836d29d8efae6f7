"""The card of who stands in the 12110 register, beside the cases that came from their number.

Rules protected: a card is shown beside a text to 12110 or an emergency, which is what they registered for, to
who may see the case and is of the desk; behind the compartment beside an emergency only, because there a
name is the secret; that it was shown stands in the log of the record before it is, once for each officer and
case.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

from channels.contract import ChannelKind
from hub.model import policy
from hub.model.agent import Agent, Permission
from hub.model.cases.alarm import is_alarm
from hub.model.cases.case import Case
from hub.model.people.registered_person import RegisterAct, RegisteredPerson, RegisterEntry
from hub.repositories.people.register import RegisterRepository
from hub.runtime.clock import Clock
from hub.runtime.ids import derived_id
from hub.store.documents import Documents, Duplicate, StoreUnavailable


@dataclass(frozen=True, slots=True)
class RegisterCard:
    """What is shown. must_be_checked: as in `RegisteredPerson`. may_open: whether the agent may open the
    record itself."""

    person: RegisteredPerson
    must_be_checked: bool
    may_open: bool


@dataclass(frozen=True, slots=True)
class RegisterCards:
    """registered: ids of the cases whose number stands in the register, for the mark 已登记, which tells
    nothing else. cards: those that are shown, by the id of the case."""

    registered: frozenset[str]
    cards: Mapping[str, RegisterCard]


class ShowCards:
    """Reads for agents."""

    def __init__(self, documents: Documents, register: RegisterRepository, clock: Clock) -> None:
        self._documents = documents
        self._register = register
        self._clock = clock

    async def __call__(self, agent: Agent, cases: Iterable[Case], *, shown: Container[str]) -> RegisterCards:
        """Of these cases, the marks, and the cards of those with the ids `shown`. A card whose log cannot be
        written now is not shown; the mark is, and whatever else the page is for."""
        found = await self._found(agent, cases)
        large = [(case, person) for case, person in found if case.id in shown]
        noted = await self._noted(agent, large)
        now, may_open = self._clock.now_ms(), agent.may(Permission.REGISTER_READ)
        return RegisterCards(
            frozenset(case.id for case, _ in found),
            {
                case.id: RegisterCard(person, person.must_be_checked(now), may_open)
                for case, person in large
                if case.id in noted
            },
        )

    async def _found(self, agent: Agent, cases: Iterable[Case]) -> list[tuple[Case, RegisteredPerson]]:
        wanted = [case for case in cases if is_for(case) and _may_read(agent, case)]
        people = await self._register.by_keys([case.applicant.address_key for case in wanted])
        return [
            (case, people[case.applicant.address_key])
            for case in wanted
            if case.applicant.address_key in people
        ]

    async def _noted(self, agent: Agent, found: Sequence[tuple[Case, RegisteredPerson]]) -> frozenset[str]:
        """Ids of those cases beside which it stands in the log that this agent was shown the card."""
        ids = {case.id: derived_id("register card", one.id, case.id, agent.id) for case, one in found}
        there = await self._register.logged(list(ids.values())) if ids else frozenset()
        noted = set()
        for case, person in found:
            if ids[case.id] not in there:
                now, act = self._clock.now_ms(), RegisterAct.SHOWN
                entry = RegisterEntry(ids[case.id], person.id, now, agent.id, act, case_id=case.id)
                try:
                    await self._documents.commit([self._register.insert_entry(entry)])
                except Duplicate:  # another page of the same officer
                    pass
                except StoreUnavailable:
                    continue
            noted.add(case.id)
        return frozenset(noted)


def is_for(case: Case) -> bool:
    """Whether a case is what people register for."""
    return is_alarm(case) or (case.origin.kind == ChannelKind.SMS and not case.is_restricted)


def _may_read(agent: Agent, case: Case) -> bool:
    of_the_desk = agent.may(Permission.REGISTER_READ)
    return policy.may_see(agent, case) and (
        of_the_desk or (case.is_restricted and agent.may(Permission.REPORT_READ))
    )
