"""The pages of departments: the administrator of the platform sees and changes all, a member sees their own.

Rule protected: a department one is no member of does not exist, on every page and in every number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from campaigns.said import Said
from hub.actions.departments.in_force import DepartmentsInForce
from hub.actions.departments.read_submission import QuotaUsed, ReadSubmission
from hub.model import policy
from hub.model.agent import Agent, Permission
from hub.model.departments.callback import Callback, CallbackState
from hub.model.departments.cutover import Cutover, Phase
from hub.model.departments.department_key import DepartmentKey
from hub.model.departments.failure import TextFailure
from hub.model.departments.registered import RegisteredDepartment
from hub.model.departments.submission import Submission
from hub.repositories.departments.keys import KeyUse
from hub.repositories.departments.records import DepartmentRecords
from hub.runtime.clock import Clock, to_local
from hub.runtime.errors import Forbidden, Invalid, NotFound, Stale
from hub.store.documents import Conflict, Documents, Duplicate, Write

TAKEN = "编号 %(id)s 已经登记，请换一个编号"
_DAYS = 7
_PAGE = 20
_LATELY = 5


@dataclass(frozen=True, slots=True)
class DepartmentDay:
    """Traffic of one local day, `2026-12-01`. counts: by the names of `SubmissionRepository.count`."""

    day: str
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class DepartmentOverview:
    """What a department's page shows. days, lately (submissions): newest first. given_up: receipts nobody
    took, 100 at most."""

    department: RegisteredDepartment
    used: QuotaUsed
    days: tuple[DepartmentDay, ...]
    lately: list[Submission]
    failures: list[TextFailure]
    more_failures: str | None
    given_up: int
    ends_soon: bool


@dataclass(frozen=True, slots=True)
class KeyLine:
    """A key with its last use, None when there was none."""

    key: DepartmentKey
    use: KeyUse | None


class DepartmentDesk:
    """alarm_days: so long before a contract ends it is said."""

    def __init__(
        self,
        documents: Documents,
        records: DepartmentRecords,
        departments: DepartmentsInForce,
        read: ReadSubmission,
        clock: Clock,
        *,
        alarm_days: int,
    ) -> None:
        self._documents = documents
        self._records = records
        self._departments = departments
        self._read = read
        self._clock = clock
        self._alarm_days = alarm_days

    async def all_for(self, agent: Agent) -> list[RegisteredDepartment]:
        """Those that exist for the agent, by id."""
        await self._departments.look()
        return [one for one in self._departments.all_registered() if policy.may_see_department(agent, one)]

    async def one_for(self, agent: Agent, id: str) -> RegisteredDepartment:
        """A department. Raises `NotFound` for one that does not exist for the agent."""
        found = await self._records.registry.get(id)
        if found is None or not policy.may_see_department(agent, found.value):
            raise NotFound
        return found.value

    def manages(self, agent: Agent) -> bool:
        """Whether the agent may change departments and their keys."""
        return agent.may(Permission.DEPARTMENT_MANAGE)

    def ends_soon(self, department: RegisteredDepartment) -> bool:
        """Whether its contract needs somebody to look after it."""
        return department.ends_within(self._alarm_days, to_local(self._clock.now_ms()).date())

    async def overview(self, agent: Agent, id: str, *, after: str | None = None) -> DepartmentOverview:
        """A department with its traffic. Raises `NotFound`."""
        department = await self.one_for(agent, id)
        await self._departments.look()
        today = to_local(self._clock.now_ms()).date()
        days = [today - timedelta(days=back) for back in range(_DAYS)]
        counted = await self._records.submissions.traffic(id, [f"{day:%Y%m%d}" for day in days])
        failures, more = await self._records.callbacks.failures(id, limit=_PAGE, after=after)
        lately, _ = await self._records.submissions.page(id, limit=_LATELY)
        given_up, _ = await self._records.callbacks.page(id, state=CallbackState.GIVEN_UP.value, limit=100)
        return DepartmentOverview(
            department,
            await self._read.quota(id),
            tuple(DepartmentDay(day.isoformat(), counted.get(f"{day:%Y%m%d}", {})) for day in days),
            lately,
            failures,
            more,
            len(given_up),
            self.ends_soon(department),
        )

    async def keys(self, agent: Agent, id: str) -> tuple[RegisteredDepartment, list[KeyLine]]:
        """A department's keys, newest first. Raises `NotFound`."""
        department = await self.one_for(agent, id)
        keys = await self._records.keys.of_department(id)
        uses = await self._records.keys.uses([key.id for key in keys])
        return department, [KeyLine(replace(key, secret=""), uses.get(key.id)) for key in keys]

    async def callbacks(
        self, agent: Agent, id: str, *, state: str, after: str | None
    ) -> tuple[RegisteredDepartment, list[Callback], str | None]:
        """What a department was told, newest first. Raises `NotFound`."""
        department = await self.one_for(agent, id)
        found, more = await self._records.callbacks.page(id, state=state, limit=_PAGE, after=after)
        return department, [replace(one, body="") for one in found], more

    async def create(self, agent: Agent, department: RegisteredDepartment, *, old_platform: str = "") -> None:
        """Registers one. old_platform: why it begins in the phase of its old platform, "" = it has none.
        Raises `Forbidden`, `Invalid` when the id is taken."""
        _manage(agent)
        writes: list[Write] = [self._records.registry.insert(department)]
        if old_platform:
            first = Cutover(department.id, Phase.OLD, self._clock.now_ms(), agent.id)
            cutovers = self._records.cutovers
            writes += [cutovers.insert(first), cutovers.note(None, first, old_platform)]
        try:
            await self._documents.commit(writes)
        except Duplicate:
            raise Invalid({"id": Said(TAKEN, id=department.id)}) from None
        await self._departments.look()

    async def save(self, agent: Agent, department: RegisteredDepartment, *, changed_at: int) -> None:
        """Replaces what is registered. changed_at: of what the page showed. Raises `Forbidden`, `NotFound`;
        `Stale` when somebody else saved it meanwhile."""
        _manage(agent)
        old = await self._records.registry.get(department.id)
        if old is None:
            raise NotFound
        if old.value.changed_at != changed_at:
            raise Stale
        try:
            await self._documents.commit([self._records.registry.update(department, old.version)])
        except Conflict:
            raise Stale from None
        await self._departments.look()


def _manage(agent: Agent) -> None:
    if not agent.may(Permission.DEPARTMENT_MANAGE):
        raise Forbidden(Permission.DEPARTMENT_MANAGE)
