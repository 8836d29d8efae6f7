"""Receipts beside the answer they belong to, and sending again, on the engines that really write."""

from __future__ import annotations

import asyncio

import pytest

from channels.contract import ReceiptState
from channels.outbox.delivery import DeliveryState, Origin
from hub.model.track import Compartment
from hub.repositories.deliveries.dead_letters import DeadFilter
from hub.repositories.repositories import COLLECTIONS
from hub.runtime.clock import FakeClock
from hub.store.documents import Documents
from tests.contract.store.conftest import Engine
from tests.unit.channels.outbox.outbox_world import NOON
from tests.unit.hub.actions.deliveries.test_redrive import ADMIN, ALL, a_desk
from tests.unit.hub.repositories.deliveries.test_part_receipts import Carrier


@pytest.fixture
async def documents(engine: Engine) -> Documents:
    return await engine.open(COLLECTIONS, FakeClock(NOON))


async def test_whatever_comes_first_every_message_is_delivered_once(documents: Documents) -> None:
    carrier, ids = Carrier(documents), [f"d{n}" for n in range(6)]
    for id in ids:
        await carrier.sending(id, origin=Origin.BROADCAST, origin_id="b")

    async def told(id: str, part: int) -> None:
        for state in (ReceiptState.SENT, ReceiptState.DELIVERED, ReceiptState.DELIVERED):
            await carrier.says(f"{id}-{part}", state)

    receipts = [told(id, part) for id in ids for part in range(2)]
    answers = [carrier.answers(f"{id}-0", f"{id}-1", id=id) for id in ids]
    results = await asyncio.gather(*receipts[:6], *answers, *receipts[6:])
    assert [late for late in results if late] == []
    assert set((await carrier.outbox.states(ids)).values()) == {DeliveryState.DELIVERED}
    counts = await carrier.outbox.counts("b")
    assert {state: number for state, number in counts.items() if number} == {"delivered": 6}
    assert await carrier.unmatched() == 0


async def test_rows_of_one_case_go_again_together_and_once(documents: Documents) -> None:
    desk = a_desk(documents)
    await desk.case("case", Compartment.NONE)
    for id in ("a", "b", "c"):
        await desk.ended(id, case_id="case")
    assert len(await desk.shown(wanted=DeadFilter(reason="30003", since=1))) == 3
    went = await asyncio.gather(*(desk.redrive.many(ADMIN, ALL) for _ in range(2)))
    assert sum(went) == 3
    decided = [entry.facts.get("delivery") for entry in await desk.stores.cases.history("case")]
    assert sorted(filter(None, decided)) == ["a", "b", "c"]
    assert await desk.shown() == {}
