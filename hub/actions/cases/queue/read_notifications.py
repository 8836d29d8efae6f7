"""Notifications as an agent may see them: those that lead to a case or a campaign that exists for them, of
kinds they want.

Rule protected: what leaves the page (a count, a line of the browser's own) names nobody and no case, and of a
case behind the compartment wall says no more than that there is something new.
"""

from __future__ import annotations

from dataclasses import dataclass

from hub.model import policy
from hub.model.agent import Agent, Permission
from hub.model.cases.case import Case
from hub.model.notification import Notification, NotificationKind
from hub.repositories.repositories import Repositories
from hub.repositories.staff.notification_choices import NotificationChoices
from hub.runtime.clock import Clock, to_local
from hub.store.documents import Documents, Write
from hub.store.until_committed import until_committed

_MOST = 100
"""More are said as 99+."""


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the list; `about` is the name of the campaign or department where it is about no case."""

    notification: Notification
    case: Case | None
    about: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is unread. count: 100 stands for more. newest: id of the newest, "" for none; it is said outside
    the page once. neutral: the newest is about a case behind the wall, or about no
    case. quiet: nothing is said outside the page now."""

    count: int = 0
    newest: str = ""
    neutral: bool = False
    quiet: bool = False


class ReadNotifications:
    """Reads and marks for agents."""

    def __init__(self, documents: Documents, repositories: Repositories, clock: Clock) -> None:
        self._documents = documents
        self._repositories = repositories
        self._clock = clock

    async def newest(self, agent: Agent) -> tuple[Told, ...]:
        """Read or not, the newest first."""
        found = await self._repositories.notifications.newest(agent.id, limit=_MOST)
        return await self._visible(agent, found, (await self.choices(agent)))

    async def waiting(self, agent: Agent) -> Waiting:
        """What the bar above every page shows."""
        found = await self._repositories.notifications.unread(agent.id, limit=_MOST)
        choices = await self.choices(agent)
        told = await self._visible(agent, found, choices)
        now = to_local(self._clock.now_ms())
        quiet = choices.is_quiet(60 * now.hour + now.minute)
        if not told:
            return Waiting(quiet=quiet)
        newest = told[0]
        neutral = newest.case is None or newest.case.is_restricted
        return Waiting(len(told), newest.notification.id, neutral, quiet)

    async def mark(self, agent: Agent, case_id: str = "") -> None:
        """As read: those of one case, or all."""
        await self._repositories.notifications.read(agent.id, at=self._clock.now_ms(), case_id=case_id)

    async def choices(self, agent: Agent) -> NotificationChoices:
        """What the agent wants to be told."""
        return (await self._repositories.notification_choices.get(agent.id)).value

    async def choose(self, choices: NotificationChoices) -> None:
        """Keeps what an agent chose for themselves; of two at once the last stands."""

        async def decide() -> tuple[list[Write], None]:
            kept = await self._repositories.notification_choices.get(choices.id)
            return [self._repositories.notification_choices.write(choices, kept.version)], None

        await until_committed(self._documents, decide, tries=3)

    async def _visible(
        self, agent: Agent, found: list[Notification], choices: NotificationChoices
    ) -> tuple[Told, ...]:
        wanted = [one for one in found if one.kind not in choices.off]
        cases = await self._repositories.cases.many(sorted({one.case_id for one in wanted} - {""}))
        seen: set[tuple[str, str, int]] = set()
        told = []
        for one in wanted:
            if one.kind is NotificationKind.RIGHTS_CHANGED:
                told.append(Told(one, None))
                continue
            if one.campaign_id:
                told += await self._of_campaign(agent, one)
                continue
            if one.department_id:
                told += await self._of_department(agent, one)
                continue
            if one.warning_id:
                told += [Told(one, None)] if agent.may(Permission.WARNING_READ) else []
                continue
            case, what = cases.get(one.case_id), (one.kind, one.case_id, one.at)
            if case is None or what in seen or not policy.may_see(agent, case):
                continue  # who handles a case and follows it is told twice of the same
            seen.add(what)
            told.append(Told(one, case))
        return tuple(told)

    async def _of_campaign(self, agent: Agent, one: Notification) -> list[Told]:
        found = await self._repositories.campaigns.get(one.campaign_id)
        if found is None or not agent.may(Permission.CAMPAIGN_READ):
            return []
        return [Told(one, None, found.value.name)]

    async def _of_department(self, agent: Agent, one: Notification) -> list[Told]:
        found = await self._repositories.departments.registry.get(one.department_id)
        if found is None or not policy.may_see_department(agent, found.value):
            return []
        return [Told(one, None, found.value.name)]
