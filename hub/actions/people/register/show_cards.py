"""The card of who stands in the 12110 register, beside the cases that came from their number.

Rules protected: a card is shown beside a text to 12110 or an emergency, which is what they registered for, to
who may see the case and is of the desk; behind the compartment beside an emergency only, because there a
name is the secret; that it was shown stands in the log of the record before it is, once for each officer and
case.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
from hub.store.documents import Documents, Duplicate


@dataclass(frozen=True, slots=True)
class RegisterCard:
    """What is shown. must_be_checked: as in `RegisteredPerson`. may_open: whether the agent may open the
    record itself."""

    person: RegisteredPerson
    must_be_checked: bool
    may_open: bool


class ShowCards:
    """Reads for agents."""

    def __init__(self, documents: Documents, register: RegisterRepository, clock: Clock) -> None:
        self._documents = documents
        self._register = register
        self._clock = clock

    async def registered(self, agent: Agent, cases: Iterable[Case]) -> frozenset[str]:
        """Ids of those cases whose number stands in the register: for the mark 已登记, which tells nothing
        else."""
        return frozenset(case.id for case, _ in await self._found(agent, cases))

    async def __call__(self, agent: Agent, cases: Iterable[Case]) -> Mapping[str, RegisterCard]:
        """The cards by the id of the case; each is shown to the agent with that."""
        found = await self._found(agent, cases)
        await self._noted(agent, found)
        now, may_open = self._clock.now_ms(), agent.may(Permission.REGISTER_READ)
        return {
            case.id: RegisterCard(person, person.must_be_checked(now), may_open) for case, person in found
        }

    async def _found(self, agent: Agent, cases: Iterable[Case]) -> list[tuple[Case, RegisteredPerson]]:
        wanted = [case for case in cases if is_for(case) and _may_read(agent, case)]
        people = await self._register.by_keys([case.applicant.address_key for case in wanted])
        return [
            (case, people[case.applicant.address_key])
            for case in wanted
            if case.applicant.address_key in people
        ]

    async def _noted(self, agent: Agent, found: Sequence[tuple[Case, RegisteredPerson]]) -> None:
        now = self._clock.now_ms()
        entries = {
            derived_id("register card", person.id, case.id, agent.id): (person.id, case.id)
            for case, person in found
        }
        there = await self._register.logged(list(entries)) if entries else frozenset()
        for id, (person_id, case_id) in entries.items():
            if id not in there:
                entry = RegisterEntry(id, person_id, now, agent.id, RegisterAct.SHOWN, case_id=case_id)
                try:
                    await self._documents.commit([self._register.insert_entry(entry)])
                except Duplicate:  # another page of the same officer
                    continue


def is_for(case: Case) -> bool:
    """Whether a case is what people register for."""
    return is_alarm(case) or (case.origin.kind == ChannelKind.SMS and not case.is_restricted)


def _may_read(agent: Agent, case: Case) -> bool:
    of_the_desk = agent.may(Permission.REGISTER_READ)
    return policy.may_see(agent, case) and (
        of_the_desk or (case.is_restricted and agent.may(Permission.REPORT_READ))
    )
