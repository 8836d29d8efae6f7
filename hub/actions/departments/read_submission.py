"""What a department may know of what it submitted, and of what it still may; nothing of others exists."""

from __future__ import annotations

from dataclasses import dataclass, replace

from channels.outbox.limits import Quota
from hub.actions.departments.in_force import DepartmentsInForce
from hub.actions.departments.text_states import TextStanding, TextStates
from hub.model.departments.submission import Submission, TextState
from hub.repositories.departments.submissions import SubmissionRepository
from hub.repositories.outbox import OutboxRepository
from hub.runtime.clock import Clock, to_local
from hub.runtime.errors import NotFound


@dataclass(frozen=True, slots=True)
class QuotaUsed:
    """Parts of the local day and month. used: handed over or sent, whichever is more."""

    quota: Quota
    day_used: int
    month_used: int
    parts_per_second: int


class ReadSubmission:
    """Reads."""

    def __init__(
        self,
        submissions: SubmissionRepository,
        outbox: OutboxRepository,
        states: TextStates,
        departments: DepartmentsInForce,
        clock: Clock,
    ) -> None:
        self._submissions = submissions
        self._outbox = outbox
        self._states = states
        self._departments = departments
        self._clock = clock

    async def __call__(self, department: str, id: str) -> tuple[Submission, list[TextStanding]]:
        """A submission of this department, with where each text stands. Raises `NotFound`."""
        found = await self._submissions.get(id)
        if found is None or found.value.department != department:
            raise NotFound
        standings = await self._states.of(found.value, self._clock.now_ms())
        told = [one for one in standings if not one.reason and one.state is not TextState.DELIVERED]
        reasons = {} if found.value.sandbox else await self._states.reasons(told)
        return found.value, [
            replace(one, reason=reasons[one.message_id]) if one.message_id in reasons else one
            for one in standings
        ]

    async def by_reference(
        self, department: str, line: str, client_ref: str
    ) -> tuple[Submission, list[TextStanding]]:
        """The same by the caller's own reference. Raises `NotFound`."""
        return await self(department, self._submissions.id_of(line, client_ref))

    async def quota(self, department: str, *, sandbox: bool = False) -> QuotaUsed:
        """What it may hand over and what it has. Raises `NotFound`."""
        registered = self._departments.registered(department)
        if registered is None:
            raise NotFound
        now = self._clock.now_ms()
        local = to_local(now)
        admission = (
            await self._submissions.admission(f"{department}:sandbox" if sandbox else department)
        ).value
        spent = (await self._outbox.spent([department], now))[department]
        day = admission.day_parts if admission.day == f"{local:%Y%m%d}" else 0
        month = admission.month_parts if admission.month == f"{local:%Y%m}" else 0
        return QuotaUsed(
            registered.department().quota,
            day if sandbox else max(day, spent.day),
            month if sandbox else max(month, spent.month),
            registered.contract.parts_per_second,
        )
