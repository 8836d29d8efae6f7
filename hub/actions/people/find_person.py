"""Finds the person behind a case: one contact, or several that staff merged, with what the reader may see.

Rules protected: a person exists for whoever may see one of their cases, and for nobody else; nothing here is
read or counted before the policy; what was merged on one side of the compartment wall is not merged on the
other.
"""

from __future__ import annotations

from dataclasses import dataclass

from hub.model import policy
from hub.model.agent import Agent, Permission
from hub.model.cases.case import Case
from hub.model.people.contact import Contact, Need, Side
from hub.repositories.repositories import Repositories
from hub.runtime.errors import NotFound

_CASES = 50


@dataclass(frozen=True, slots=True)
class Person:
    """One person as one agent sees them.

    id: the contact everything is shown under. members: it, and the contacts merged into it. contacts: those
    of them that are stored; of an address nothing else is known of none is. version: of the first, 0 for
    none. keys: blind indexes of their addresses. cases: those the agent may see, at most 50, the newest
    first.
    """

    id: str
    side: Side
    members: tuple[str, ...]
    contacts: tuple[Contact, ...]
    version: int
    keys: tuple[str, ...]
    cases: tuple[Case, ...]

    @property
    def needs(self) -> tuple[Need, ...]:
        """What anybody has to know who speaks with them."""
        known = {need for contact in self.contacts for need in contact.needs}
        return tuple(need for need in Need if need in known)

    @property
    def dialect(self) -> str:
        """The dialect or language they speak, "" for nothing said."""
        return next((contact.dialect for contact in self.contacts if contact.dialect), "")

    @property
    def do_not_call(self) -> str:
        """Why nobody may telephone, "" for no reason."""
        return next((contact.do_not_call for contact in self.contacts if contact.do_not_call), "")

    @property
    def may_be_called(self) -> bool:
        """Whether anybody may telephone. Of merged contacts the strictest counts."""
        return all(contact.may_be_called for contact in self.contacts)


def side_of(agent: Agent) -> Side:
    """On which side of the wall an agent merges and notes."""
    return Side.ORDINARY if agent.may(Permission.CASE_READ) else Side.WALLED


class FindPerson:
    """Looks for agents."""

    def __init__(self, repositories: Repositories) -> None:
        self._repositories = repositories

    async def of_case(self, agent: Agent, case: Case) -> Person | None:
        """Who brought a case the agent may see; None for somebody unknown."""
        key = case.applicant.address_key
        if case.applicant.anonymous or not key:
            return None
        return await self._person(agent, await self._repositories.contacts.owner(key), key)

    async def __call__(self, agent: Agent, contact_id: str, case_id: str = "") -> Person:
        """The person a contact belongs to. Raises `NotFound`, also where the agent may see none of their
        cases.

        case_id: a case of theirs; it finds those of whom nothing but one address is known.
        """
        key = ""
        if case_id:
            found = await self._repositories.cases.get(case_id)
            if found is not None and policy.may_see(agent, found.value):
                key = found.value.applicant.address_key
        owner = await self._repositories.contacts.owner(key) if key else ""
        person = await self._person(agent, contact_id, key if owner == contact_id else "")
        if not person.cases:
            raise NotFound("contact")
        return person

    async def _person(self, agent: Agent, contact_id: str, key: str) -> Person:
        contacts, side = self._repositories.contacts, side_of(agent)
        members = (await contacts.together(side, [contact_id]))[contact_id]
        root = members[0]
        first, others = await contacts.get(root), await contacts.many(members[1:])
        known = {address.id for address in await contacts.addresses(members)} | ({key} if key else set())
        keys = tuple(sorted(known))
        cases = await self._repositories.cases.of_addresses(policy.sight(agent), keys, limit=_CASES)
        return Person(
            id=root,
            side=side,
            members=members,
            contacts=tuple(
                one for one in (first.value if first else None, *map(others.get, members[1:])) if one
            ),
            version=first.version if first else 0,
            keys=keys,
            cases=tuple(one.value for one in cases if policy.may_see(agent, one.value)),
        )
