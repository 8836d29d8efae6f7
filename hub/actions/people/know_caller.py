"""Whose number it may be that an officer types: masked, and as far as the officer may see a case of
theirs."""

from __future__ import annotations

from dataclasses import dataclass

from channels.address import Address, AddressKind, masked
from hub.actions.people.find_person import FindPerson
from hub.model import policy
from hub.model.agent import Agent
from hub.model.cases.case import Case
from hub.model.people.contact import Need
from hub.repositories.repositories import Repositories

_CASES = 5


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody whose number is known. name, address: masked. cases: open ones the agent may see, at most
    5."""

    name: str
    address: str
    needs: tuple[Need, ...]
    cases: tuple[Case, ...]


class KnowCaller:
    """Looks for agents."""

    def __init__(self, repositories: Repositories, find: FindPerson) -> None:
        self._repositories = repositories
        self._find = find

    async def __call__(self, agent: Agent, phone: str) -> Known | None:
        """phone: as it is stored, "" for none."""
        address = Address(AddressKind.PHONE, phone)
        key = self._repositories.contacts.key(address)
        cases = await self._repositories.cases.of_addresses(policy.sight(agent), [key], limit=1)
        if not cases or not policy.may_see(agent, cases[0].value):
            return None
        person = await self._find.of_case(agent, cases[0].value)
        if person is None:
            return None
        name = next((case.applicant.name for case in person.cases if case.applicant.name), "")
        open_ones = tuple(case for case in person.cases if case.is_open)[:_CASES]
        return Known(f"{name[:1]}**" if name else "", masked(address), person.needs, open_ones)
