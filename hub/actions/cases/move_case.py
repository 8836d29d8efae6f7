"""Makes an event of the table happen to a case, for a member of staff who plays the right part.

What was written (a reason, a question, an order) stands in the history, sealed; ids, dates and numbers stand
in its facts. A document that is issued here has not reached the citizen yet: its delivery is an event of its
own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hub.actions.cases.case_rules import CaseRules
from hub.actions.cases.casework import Casework
from hub.actions.cases.step_unit import StepUnit
from hub.model.agent import Agent, Permission
from hub.model.cases.attempt import Attempt
from hub.model.cases.case import Case
from hub.model.cases.moves import IllegalMove
from hub.model.cases.roles import CaseRole
from hub.model.cases.staff_roles import role_for
from hub.model.cases.step import stepped
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.runtime.errors import Invalid

WRITTEN = ("reason", "question", "order", "comment", "items", "reply")
"""Fields of an event that people write words in."""

_MAX_TEXT = 3000
_OTHER_DOORS = frozenset({"answer", "write", "close", "claim", "note", "supplement", "citizen_reply"})
"""Events that have a form of their own, with what belongs to it."""


class MoveCase:
    """One event."""

    def __init__(
        self,
        casework: Casework,
        repositories: Repositories,
        unit: StepUnit,
        rules: CaseRules,
        clock: Clock,
    ) -> None:
        self._casework = casework
        self._repositories = repositories
        self._unit = unit
        self._rules = rules
        self._clock = clock

    async def __call__(
        self, agent: Agent, case_id: str, event: str, data: Mapping[str, Any], *, version: int
    ) -> None:
        """Raises `Invalid`, `NotFound`, `Forbidden`, `Stale` or `IllegalMove`."""
        case = await self._casework.take(agent, case_id, Permission.CASE_REPLY, version=version)
        if event in _OTHER_DOORS:
            raise IllegalMove("请使用这一步自己的表单")
        written = _written(data)
        now = self._clock.now_ms()
        attempt = Attempt(
            event, now, role_for(agent, case, event), self._rules.now, agent.id, {**_known(case), **data}
        )
        facts = {key: _fact(value) for key, value in data.items() if key not in WRITTEN}
        ready = replace(case, waiting=False) if attempt.role is not CaseRole.CIT else case
        step = stepped(ready, attempt, actor=agent.id, text=written, facts=facts)
        await self._casework.commit(await self._unit.writes(step, version, at=now, said=written))


def _known(case: Case) -> dict[str, Any]:
    """What the hub knows and nobody types."""
    return {"delivered": False, "consent": bool(case.electronic_consent_at)}


def _written(data: Mapping[str, Any]) -> str:
    parts = [data[name] for name in WRITTEN if data.get(name)]
    text = "\n".join(
        "\n".join(map(str, part)) if isinstance(part, list | tuple) else str(part) for part in parts
    )
    if len(text) > _MAX_TEXT:
        raise Invalid({"reason": f"最多 {_MAX_TEXT} 个字"})
    return text


def _fact(value: Any) -> str:
    return "、".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
