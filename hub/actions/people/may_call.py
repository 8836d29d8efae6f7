"""Whether anybody may telephone the citizen of a case: asked before a call back is planned or made.

请勿致电 and 聋哑 count, of all contacts that staff merged, on the side of the wall the case stands on.
Texts and letters may go all the same.
"""

from __future__ import annotations

from hub.model.cases.case import Case
from hub.model.people.contact import Side
from hub.repositories.repositories import Repositories


class MayCall:
    """Asks."""

    def __init__(self, repositories: Repositories) -> None:
        self._contacts = repositories.contacts

    async def __call__(self, case: Case) -> bool:
        """False too for somebody who left no number."""
        applicant = case.applicant
        if applicant.anonymous or not applicant.address_key or "@" in applicant.address:
            return False
        owner = await self._contacts.owner(applicant.address_key)
        side = Side.WALLED if case.is_restricted else Side.ORDINARY
        members = (await self._contacts.together(side, [owner]))[owner]
        return all(contact.may_be_called for contact in (await self._contacts.many(members)).values())
