"""Recusal (回避, 信访工作条例 28): an officer with a direct interest in a case is never given it.

Who is recused stands with the case, who decided and why in its history.
"""

from __future__ import annotations

from dataclasses import replace

from campaigns.said import Said
from hub.actions.cases.casework import Casework
from hub.model.agent import Agent, Permission
from hub.model.cases.history import HistoryKind, recorded
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.runtime.errors import Invalid

_LONGEST = 500


class RecuseOfficer:
    """Notes it."""

    def __init__(self, casework: Casework, repositories: Repositories, clock: Clock) -> None:
        self._casework = casework
        self._repositories = repositories
        self._clock = clock

    async def __call__(
        self, agent: Agent, case_id: str, officer_id: str, reason: str, *, version: int
    ) -> None:
        """Raises `Invalid` (`officer`, `reason`), `NotFound`, `Forbidden` or `Stale`."""
        case = await self._casework.take(agent, case_id, Permission.CASE_ASSIGN, version=version)
        officer, reason = await self._repositories.agents.get(officer_id), reason.strip()
        problems: dict[str, str] = {}
        if officer is None or officer_id in case.recused:
            problems["officer"] = Said("请选择要回避的人员")
        elif officer_id == case.handler_id:
            problems["officer"] = Said("此人正在承办，请先改派，再登记回避")
        if not 2 <= len(reason) <= _LONGEST:
            problems["reason"] = Said("请写明回避的原因，2 到 500 字")
        if problems or officer is None:
            raise Invalid(problems)
        after, entry = recorded(
            replace(case, recused=(*case.recused, officer_id)),
            at=self._clock.now_ms(),
            actor=agent.id,
            kind=HistoryKind.NOTED,
            facts={"recused": officer_id},
            text=f"回避（{officer.value.name}）：{reason}",
        )
        cases = self._repositories.cases
        await self._casework.commit([cases.update(after, version), cases.insert_entry(entry)])
