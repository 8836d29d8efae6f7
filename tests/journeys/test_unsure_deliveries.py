"""Deliveries nobody is sure of: who may see them, what a decision does, what is kept of it."""

from __future__ import annotations

import pytest

from channels.outbox.delivery import DeliveryState, Origin
from hub.actions.deliveries.decide_delivery import Decision
from hub.model.agent import Agent, Role
from hub.model.cases.history import HistoryKind, broken_link
from hub.model.petition import Petition, PetitionKind
from hub.runtime.errors import Forbidden, Invalid, NotFound, Stale
from tests.web.staff_stage import unsure
from tests.world import World, eventually

CITIZEN = "+8613900000005"


async def case_of(hub: World, kind: PetitionKind) -> str:
    filed = await hub.hub.actions.file_petition(
        Petition(
            submission_id=f"unsure-{kind}",
            kind=kind,
            title="反映情况",
            body="某处的情况反映了三次没有答复，希望告知进度。",
            name="测试人",
            phone=CITIZEN,
        )
    )
    return filed.case_id


async def shown(hub: World, agent: Agent) -> list[str]:
    page = await hub.hub.actions.delivery_desk.decide.unsure(agent)
    return [row.value.id for row in page.rows]


async def decide(hub: World, agent: Agent, id: str, decision: Decision) -> None:
    found = await hub.hub.repositories.outbox.get(id)
    assert found
    await hub.hub.actions.delivery_desk.decide(agent, id, decision, version=found.version)


async def state(hub: World, id: str) -> DeliveryState:
    return (await hub.hub.repositories.outbox.states([id]))[id]


async def test_what_was_decided_is_in_the_history_of_the_case(hub: World) -> None:
    admin = await hub.agent(Role.ADMIN)
    case_id = await case_of(hub, PetitionKind.COMPLAINT)
    await unsure(hub.hub, "row", CITIZEN, case_id=case_id)
    await decide(hub, admin, "row", Decision.ARRIVED)
    assert await state(hub, "row") is DeliveryState.DELIVERED
    history = await hub.hub.repositories.cases.history(case_id)
    assert (history[-1].kind, history[-1].actor) == (HistoryKind.DELIVERY_DECIDED, admin.id)
    assert history[-1].facts == {"delivery": "row", "decision": "arrived"}
    assert broken_link(history) is None
    assert await shown(hub, admin) == []


async def test_sent_again_it_leaves_once(hub: World) -> None:
    admin = await hub.agent(Role.ADMIN)
    await unsure(hub.hub, "row", CITIZEN)
    found = await hub.hub.repositories.outbox.get("row")
    assert found
    await hub.hub.actions.delivery_desk.decide(admin, "row", Decision.AGAIN, version=found.version)
    with pytest.raises(Stale):
        await hub.hub.actions.delivery_desk.decide(admin, "row", Decision.AGAIN, version=found.version)

    async def delivered() -> bool:
        return await state(hub, "row") is DeliveryState.DELIVERED

    assert await eventually(delivered)
    assert [m.recipient for m in hub.carrier.journal.messages] == [CITIZEN]


async def test_a_row_of_a_report_exists_for_inspectors_only_and_no_other_for_them(hub: World) -> None:
    admin, inspector = await hub.agent(Role.ADMIN), await hub.agent(Role.INSPECTOR)
    await unsure(hub.hub, "secret", CITIZEN, case_id=await case_of(hub, PetitionKind.REPORT))
    await unsure(hub.hub, "plain", CITIZEN, case_id=await case_of(hub, PetitionKind.COMPLAINT))
    assert await shown(hub, admin) == ["plain"]
    assert await shown(hub, inspector) == ["secret"]
    for agent, id in ((admin, "secret"), (inspector, "plain"), (admin, "no-such-row")):
        with pytest.raises(NotFound):
            await hub.hub.actions.delivery_desk.decide(agent, id, Decision.ARRIVED, version=1)
    await decide(hub, inspector, "secret", Decision.ARRIVED)


async def test_who_may_not_decide_sees_nothing(hub: World) -> None:
    handler = await hub.agent(Role.HANDLER)
    await unsure(hub.hub, "row", CITIZEN)
    with pytest.raises(Forbidden):
        await shown(hub, handler)
    with pytest.raises(Forbidden):
        await decide(hub, handler, "row", Decision.ARRIVED)
    assert await state(hub, "row") is DeliveryState.AMBIGUOUS


async def test_what_has_expired_is_not_sent_again_but_can_be_confirmed(hub: World) -> None:
    admin = await hub.agent(Role.ADMIN)
    await unsure(hub.hub, "row", CITIZEN, expires_at=1)
    with pytest.raises(Invalid):
        await decide(hub, admin, "row", Decision.AGAIN)
    await decide(hub, admin, "row", Decision.ARRIVED)
    assert await state(hub, "row") is DeliveryState.DELIVERED


async def test_the_counters_of_a_broadcast_move_with_the_decision(hub: World) -> None:
    admin = await hub.agent(Role.ADMIN)
    await unsure(hub.hub, "row", CITIZEN, origin=Origin.BROADCAST, origin_id="run", campaign_id="plan")
    await decide(hub, admin, "row", Decision.ARRIVED)
    assert (await hub.hub.repositories.outbox.counts("run"))["delivered"] == 1
