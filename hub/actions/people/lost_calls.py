"""Calls that ended without a case: shown to who may know of them, until somebody makes one of them."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

from hub.model.agent import Agent, Permission
from hub.model.call import Call
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.runtime.errors import NotFound
from hub.store.codec import Versioned

_READ = 300
_DAY_MS = 24 * 3_600_000


@dataclass(frozen=True, slots=True)
class LostCall:
    """A call that ended without a case. phone: the caller's number where it is known, never shown in full."""

    id: str
    started_at: int
    line: str
    phone: str


class LostCalls:
    """Reads for agents."""

    def __init__(self, repositories: Repositories, clock: Clock, *, report_channels: Container[str]) -> None:
        """report_channels: voice channels that citizens call to report police: such a call is an inspector's
        to know of."""
        self._repositories = repositories
        self._clock = clock
        self._report_channels = report_channels

    async def __call__(self, agent: Agent) -> tuple[LostCall, ...]:
        """Those of the last day, the newest first."""
        since = self._clock.now_ms() - _DAY_MS
        found = await self._repositories.calls.over_since(since, limit=_READ)
        return tuple([await self._shown(call) for call in found if self._is_lost(agent, call)])

    async def one(self, agent: Agent, call_id: str) -> LostCall:
        """Raises `NotFound`, also for a call that has a case."""
        return await self._shown((await self.stored(agent, call_id)).value)

    async def stored(self, agent: Agent, call_id: str) -> Versioned[Call]:
        """The call itself, to be given a case. Raises `NotFound`."""
        found = await self._repositories.calls.get(call_id)
        if found is None or not self._is_lost(agent, found.value):
            raise NotFound("call")
        return found

    def _is_lost(self, agent: Agent, call: Call) -> bool:
        on_report_line = call.channel in self._report_channels
        needed = Permission.REPORT_READ if on_report_line else Permission.CASE_READ
        return call.ended and not call.case_id and not call.emergency_case_id and agent.may(needed)

    async def _shown(self, call: Call) -> LostCall:
        address = await self._repositories.contacts.address(call.caller_key) if call.caller_key else None
        return LostCall(call.id, call.started_at, call.line, address.value if address else "")
