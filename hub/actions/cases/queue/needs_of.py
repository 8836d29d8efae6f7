"""What has to be known of the people behind cases in a list: read for the page, stored once, with the
contact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hub.model.cases.case import Case
from hub.model.people.contact import Need, Side
from hub.repositories.repositories import Repositories


class NeedsOf:
    """Reads for lists."""

    def __init__(self, repositories: Repositories) -> None:
        self._contacts = repositories.contacts

    async def __call__(self, cases: Iterable[Case]) -> Mapping[str, tuple[Need, ...]]:
        """By case; cases of people without needs are left out. Merged contacts count as one on the side of
        the compartment wall the case stands on."""
        keys = {case.id: (case.applicant.address_key, _side(case)) for case in cases}
        owners = await self._contacts.owners([key for key, _ in keys.values()])
        needs: dict[tuple[str, Side], tuple[Need, ...]] = {}
        for side in Side:
            ids = sorted({owners[key] for key, on in keys.values() if key and on is side})
            together = await self._contacts.together(side, ids) if ids else {}
            people = await self._contacts.many([id for members in together.values() for id in members])
            for owner, members in together.items():
                known = {need for id in members if id in people for need in people[id].needs}
                needs[owner, side] = tuple(need for need in Need if need in known)
        found = {id: needs.get((owners[key], side), ()) for id, (key, side) in keys.items() if key}
        return {id: some for id, some in found.items() if some}


def _side(case: Case) -> Side:
    return Side.WALLED if case.is_restricted else Side.ORDINARY
