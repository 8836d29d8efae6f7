"""Canned replies as an agent finds and uses them: by title, its first letters, or words of the text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hub.actions.cases.agent_names import agent_names
from hub.actions.cases.case_rules import CaseRules
from hub.model.agent import Agent, Permission
from hub.model.cases.case import Case
from hub.model.cases.replies.canned_reply import OFFICE, CannedReply, CannedState, CannedText, CannedVersion
from hub.model.cases.replies.variables import DUE, HANDLER, NAME, REFERENCE, UNIT, filled, variables_in
from hub.repositories.repositories import Repositories
from hub.runtime.errors import NotFound
from hub.store.codec import Versioned
from knowledge_base.text.initials import initials

_FOUND = 8


@dataclass(frozen=True, slots=True)
class CannedOffer:
    """One to insert. text: filled in as far as possible; unfilled: variables that are left."""

    title: str
    text: str
    unfilled: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CannedList:
    """What the page shows an agent. names: of the agents in it, by id. waiting: those for a second person."""

    own: tuple[CannedReply, ...]
    shared: tuple[CannedReply, ...]
    waiting: tuple[CannedReply, ...]
    names: Mapping[str, str]


class ReadCanned:
    """Everything that changes nothing."""

    def __init__(self, repositories: Repositories, rules: CaseRules, *, organ: str) -> None:
        """organ: the name of the office, where an agent belongs to no unit."""
        self._repositories = repositories
        self._rules = rules
        self._organ = organ

    async def offers(self, agent: Agent, case: Case, wanted: str) -> tuple[CannedOffer, ...]:
        """Those the agent may use in this case, the best first; all of them for an empty wish."""
        usable = [canned.live for canned in await self._usable(agent) if canned.live]
        values = await self.values_of(agent, case)
        found = sorted(
            (
                (rank, text)
                for text in usable
                if _fits(text, case) and (rank := _rank(text, wanted.strip())) is not None
            ),
            key=lambda one: (one[0], one[1].title),
        )
        return tuple(_offer(text, values) for _, text in found[:_FOUND])

    async def values_of(self, agent: Agent, case: Case) -> dict[str, str]:
        """What each variable stands for, for this agent in this case; a nearer unit comes first."""
        unit = await self._repositories.units.get(agent.unit_id) if agent.unit_id else None
        path = [OFFICE, *(unit.path.strip("/").split("/") if unit else ()), agent.unit_id]
        values: dict[str, str] = {}
        for unit_id in dict.fromkeys(path):
            found = await self._repositories.canned_replies.values(unit_id)
            values |= dict(found.value.values) if found else {}
        return values | {
            NAME: "" if case.applicant.anonymous else case.applicant.name,
            REFERENCE: case.reference,
            UNIT: unit.name if unit else self._organ,
            HANDLER: agent.name,
            DUE: self._due(case),
        }

    async def page(self, agent: Agent) -> CannedList:
        """For the page of canned replies."""
        every = await self._repositories.canned_replies.every()
        mine = tuple(one for one in every if one.owner_id == agent.id and one.newest)
        shared = tuple(one for one in every if one.owner_id != agent.id and one.is_for(agent))
        waiting = (
            tuple(one for one in every if one.state is CannedState.SUBMITTED)
            if agent.may(Permission.CANNED_APPROVE)
            else ()
        )
        ids = {id for one in (*mine, *shared, *waiting) for id in (one.owner_id, one.changed_by)}
        return CannedList(mine, shared, waiting, await agent_names(self._repositories, ids))

    async def get(self, agent: Agent, id: str) -> Versioned[CannedReply]:
        """One that the agent may use, edit or approve. Raises `NotFound`."""
        found = await self._repositories.canned_replies.get(id)
        if found is None or not (
            found.value.is_for(agent) or found.value.may_edit(agent) or found.value.may_approve(agent)
        ):
            raise NotFound("canned")
        return found

    async def versions(self, id: str) -> list[CannedVersion]:
        """What it said, the newest first."""
        return await self._repositories.canned_replies.versions(id)

    async def names(self, ids: set[str]) -> Mapping[str, str]:
        """Names of agents by id."""
        return await agent_names(self._repositories, ids)

    async def _usable(self, agent: Agent) -> list[CannedReply]:
        return [one for one in await self._repositories.canned_replies.every() if one.is_for(agent)]

    def _due(self, case: Case) -> str:
        """The nearest last day of a clock that runs, as 3月6日; "" for none."""
        rules = self._rules.now
        days = [rules.last_day(clock) for clock in case.proceeding.clocks if clock.is_running]
        return f"{min(days).month}月{min(days).day}日" if days else ""


def _fits(text: CannedText, case: Case) -> bool:
    return text.channel in ("", case.origin.kind) and text.track in ("", case.track)


def _rank(text: CannedText, wanted: str) -> int | None:
    """How well it answers a wish, the least first; None when it does not."""
    wish, title = wanted.casefold(), text.title.casefold()
    letters = initials(title)
    places = (
        not wish or title.startswith(wish),
        wish.isascii() and letters.startswith(wish),
        wish in title,
        wish.isascii() and wish in letters,
        wish in text.text.casefold(),
    )
    return next((rank for rank, fits in enumerate(places) if fits), None)


def _offer(text: CannedText, values: Mapping[str, str]) -> CannedOffer:
    words = filled(text.text, values)
    return CannedOffer(text.title, words, variables_in(words))
