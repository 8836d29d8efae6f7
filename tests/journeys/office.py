"""A petition and the staff who take it through its steps, for journeys about what citizens do with it."""

from __future__ import annotations

import secrets
from typing import Any

from hub.actions.intake.file_petition import Filed
from hub.model.agent import Agent, Role
from hub.model.cases.case import Case
from hub.model.petition import Petition, PetitionKind
from hub.runtime.errors import Stale
from tests.world import World

_TRIES = 20
TO_SIGNED: tuple[tuple[Role, str, dict[str, Any]], ...] = (
    (Role.HANDLER, "pick", {}),
    (Role.HANDLER, "accept", {"branch": 6, "items": ["禁止货车停放"]}),
    (Role.SUPERVISOR, "assign", {}),
    (Role.HANDLER, "submit_reply", {"outcomes": ["解释"], "reply": "已经查明。"}),
    (Role.SUPERVISOR, "sign", {}),
)


class Office:
    """One of each role, made when first needed."""

    def __init__(self, hub: World) -> None:
        self._world = hub
        self._agents: dict[Role, Agent] = {}

    async def agent(self, role: Role) -> Agent:
        if role not in self._agents:
            self._agents[role] = await self._world.agent(role)
        return self._agents[role]

    async def case(self, case_id: str) -> Case:
        found = await self._world.hub.repositories.cases.get(case_id)
        assert found is not None
        return found.value

    async def move(self, case_id: str, role: Role, event: str, **data: Any) -> None:
        """One step of the table, by whoever plays the part; what is assigned goes to the handler. A
        notice that expires in this moment changes the case too: then it is pressed again, as people do."""
        for tries_left in reversed(range(_TRIES)):
            try:
                await self._move(case_id, role, event, data)
            except Stale:
                if not tries_left:
                    raise
            else:
                return

    async def _move(self, case_id: str, role: Role, event: str, data: dict[str, Any]) -> None:
        found = await self._world.hub.repositories.cases.get(case_id)
        assert found is not None
        actions, agent = self._world.hub.actions, await self.agent(role)
        if event == "assign":
            handler = await self.agent(Role.HANDLER)
            await actions.assign_case(agent, case_id, handler.id, version=found.version)
        else:
            await actions.move_case(agent, case_id, event, data, version=found.version)

    async def sign(self, case_id: str) -> None:
        """From registration to a signed reply that waits for delivery."""
        for role, event, data in TO_SIGNED:
            await self.move(case_id, role, event, **data)

    async def reply(self, case_id: str) -> None:
        """To a reply that was handed over."""
        await self.sign(case_id)
        await self.move(case_id, Role.HANDLER, "deliver", document="处理意见书", method="直接")

    async def answer(self, case_id: str, text: str = "请到窗口办理。") -> None:
        """A question answered in one step."""
        found = await self._world.hub.repositories.cases.get(case_id)
        assert found is not None
        handler = await self.agent(Role.HANDLER)
        await self._world.hub.actions.replies.reply(handler, case_id, text, version=found.version)


async def filed(hub: World, kind: PetitionKind = PetitionKind.COMPLAINT, **more: Any) -> Filed:
    """A petition, with its number and code."""
    petition = Petition(
        submission_id=secrets.token_hex(16),
        kind=kind,
        title="小区门口违停",
        body="东城小区门口每天晚上都有货车违停，多次反映没有结果。",
        **{"phone": "+8613800138000", "name": "张三丰", **more},
    )
    return await hub.hub.actions.file_petition(petition)
