"""Merges two contacts of one person, and takes them apart again. A link, never a copy: nothing of either is
changed by it, every case keeps its own contact, and taken away both are exactly as they were.

Rules protected: a merge stays on the side of the compartment wall it was made on; whoever merges may see a
case of both, and sees no number by it.
"""

from __future__ import annotations

from dataclasses import dataclass

from hub.actions.people.find_person import FindPerson, Person
from hub.actions.people.store_contact import store_addresses, unstored
from hub.model import policy
from hub.model.agent import Agent, Permission
from hub.model.people.contact import ContactEdit, ContactLink, EditKind
from hub.repositories.contacts import link_id
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.runtime.errors import Forbidden, Invalid, NotFound, Stale
from hub.runtime.ids import new_id
from hub.store.documents import Conflict, Documents, Duplicate, Write

_REASON = 200
_TOGETHER = 20
"""So many contacts of one person; more are a mistake."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What comes together: the person everything is shown under, and the one that is shown there too."""

    into: Person
    other: Person


class MergePeople:
    """Merges and takes apart."""

    def __init__(
        self, documents: Documents, repositories: Repositories, find: FindPerson, clock: Clock
    ) -> None:
        self._documents = documents
        self._contacts = repositories.contacts
        self._cases = repositories.cases
        self._find = find
        self._clock = clock

    async def preview(self, agent: Agent, contact_id: str, reference: str, case_id: str = "") -> Preview:
        """The person, and the one who brought the case with this number.

        Raises `NotFound` for the person, `Invalid` at `reference` for everything that cannot be merged.
        """
        into = await self._find(agent, contact_id, case_id)
        found = await self._cases.by_reference("".join(reference.split()))
        try:
            if found is None or not policy.may_see(agent, found.value):
                raise NotFound("case")  # at once: what is hidden takes no longer than what is not there
            key = found.value.applicant.address_key
            if not key:
                raise NotFound("contact")
            other = await self._find(agent, await self._contacts.owner(key), found.value.id)
            if found.value.id not in {case.id for case in other.cases}:
                raise NotFound("case")  # one that is hidden looks like one that is not there
        except NotFound:
            raise Invalid({"reference": "没有这个编号的工单，或者群众没有留下联系方式"}) from None
        if other.id == into.id:
            raise Invalid({"reference": "这两件工单已经是同一人"})
        if len(into.members) + len(other.members) > _TOGETHER:
            raise Invalid({"reference": "合并的联系人太多，请先核对"})
        return Preview(into, other)

    async def __call__(
        self, agent: Agent, contact_id: str, reference: str, reason: str, *, case_id: str = ""
    ) -> None:
        """Raises as `preview`, `Forbidden`, `Stale`, and `Invalid` at `reason`."""
        preview = await self.preview(agent, contact_id, reference, case_id)
        reason = _checked(agent, reason)
        now, into, other = self._clock.now_ms(), preview.into, preview.other
        side = into.side
        link = ContactLink(link_id(side, other.id), side, other.id, into.id, now, agent.id, reason)
        writes: list[Write] = [self._contacts.insert_link(link)]
        for person in (into, other):  # by one number nobody would find the cases of the other
            if await self._contacts.get(person.id) is None:
                writes.append(self._contacts.insert(unstored(person, person.id, at=now)))
            writes += await store_addresses(self._contacts, person, person.id, at=now)
        writes += self._told(agent, into, other.id, EditKind.MERGED, reason, now)
        await self._commit(writes)

    async def undo(
        self, agent: Agent, contact_id: str, member: str, reason: str, *, case_id: str = ""
    ) -> None:
        """Takes one merged contact out again, with everybody who was merged into it before. Raises
        `NotFound`, `Forbidden`, `Invalid` or `Stale`."""
        person = await self._find(agent, contact_id, case_id)
        reason = _checked(agent, reason)
        link = await self._contacts.link(person.side, member)
        if link is None or link.value.into not in person.members:
            raise Invalid({"reason": "这个联系人没有合并在这里，可能刚刚被取消"})
        told = self._told(agent, person, member, EditKind.UNMERGED, reason, self._clock.now_ms())
        await self._commit([self._contacts.remove_link(link), *told])

    def _told(
        self, agent: Agent, person: Person, other: str, kind: EditKind, reason: str, now: int
    ) -> list[Write]:
        return [
            self._contacts.insert_edit(
                ContactEdit(
                    new_id(now), contact, now, agent.id, kind, person.side, other=beside, reason=reason
                )
            )
            for contact, beside in ((person.id, other), (other, person.id))
        ]

    async def _commit(self, writes: list[Write]) -> None:
        try:
            await self._documents.commit(writes)
        except (Conflict, Duplicate):
            raise Stale("contact") from None


def _checked(agent: Agent, reason: str) -> str:
    if not agent.may(Permission.CASE_REPLY):
        raise Forbidden(Permission.CASE_REPLY)
    reason = reason.strip()
    if not 2 <= len(reason) <= _REASON:
        raise Invalid({"reason": f"请写明理由，2 到 {_REASON} 个字"})
    return reason
