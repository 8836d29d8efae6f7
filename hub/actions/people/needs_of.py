"""What has to be known of the people behind a page of cases: read for the page, stored once, with the
contact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hub.actions.people.find_person import side_of
from hub.model.agent import Agent
from hub.model.cases.case import Case
from hub.model.people.contact import Need
from hub.repositories.repositories import Repositories


class NeedsOf:
    """Reads for lists."""

    def __init__(self, repositories: Repositories) -> None:
        self._repositories = repositories

    async def __call__(self, agent: Agent, cases: Iterable[Case]) -> Mapping[str, tuple[Need, ...]]:
        """By case, for cases the agent may see; cases of people without needs are left out."""
        contacts, side = self._repositories.contacts, side_of(agent)
        keys = {case.id: case.applicant.address_key for case in cases if case.applicant.address_key}
        owners = await contacts.owners(list(keys.values()))
        together = await contacts.together(side, sorted(set(owners.values())))
        people = await contacts.many([id for members in together.values() for id in members])
        found: dict[str, tuple[Need, ...]] = {}
        for case_id, key in keys.items():
            members = map(people.get, together[owners[key]])
            needs = {need for one in members if one for need in one.needs}
            if needs:
                found[case_id] = tuple(need for need in Need if need in needs)
        return found
