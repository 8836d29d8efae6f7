"""A petition in the running hub: its reply item by item, its review at the next higher organ, to the day."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from hub.actions.cases.citizen.citizen_move import Request
from hub.model.agent import Role
from hub.model.cases.clock_names import ClockName
from hub.model.cases.moves import IllegalMove
from hub.model.cases.state import CaseState
from hub.model.citizen_wish import CitizenWish
from hub.runtime.clock import CHINA, FakeClock, to_ms
from tests.journeys.office import Office, filed
from tests.rules import RULES
from tests.world import World, world


def at(text: str) -> int:
    return to_ms(datetime.fromisoformat(text).replace(tzinfo=CHINA))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(at("2026-03-02 09:00"))


@pytest.fixture
async def hub(tmp_path: Path, clock: FakeClock) -> AsyncIterator[World]:
    async with world(tmp_path, clock=clock) as running:
        yield running


class Matter:
    """One petition and the clock it is moved by."""

    def __init__(self, office: Office, clock: FakeClock, case_id: str) -> None:
        self._office = office
        self._clock = clock
        self.case_id = case_id

    async def do(self, when: str, role: Role, event: str, **data: Any) -> None:
        self._clock.at = at(when)
        await self._office.move(self.case_id, role, event, **data)

    async def refused(self, when: str, role: Role, event: str, **data: Any) -> str:
        with pytest.raises(IllegalMove) as refused:
            await self.do(when, role, event, **data)
        return refused.value.reason

    async def last_day(self, name: ClockName) -> str:
        clock = (await self._office.case(self.case_id)).proceeding.last(name)
        assert clock is not None
        return RULES.last_day(clock).isoformat()

    async def state(self) -> CaseState:
        return (await self._office.case(self.case_id)).state


async def wish(hub: World, matter: Matter, when: str, event: str) -> bool:
    """What the citizen asks for after number and code; whether it happened."""
    request = Request(f"{event} {when}", "web", at(when))
    return (await hub.hub.actions.citizen_move.proven(matter.case_id, CitizenWish(event), request)).done


async def accepted(hub: World, clock: FakeClock, items: list[str]) -> Matter:
    """Filed on Monday 2 March, accepted on 4 March, in the hands of the handler."""
    filing = await filed(hub)
    matter = Matter(Office(hub), clock, filing.case_id)
    await matter.do("2026-03-03 09:00", Role.HANDLER, "pick")
    await matter.do("2026-03-04 09:00", Role.HANDLER, "accept", branch=6, items=items)
    await matter.do("2026-03-04 10:00", Role.HANDLER, "deliver", document="受理告知书", method="直接")
    await matter.do("2026-03-05 09:00", Role.SUPERVISOR, "assign")
    await matter.do("2026-03-06 09:00", Role.HANDLER, "log_contact")
    return matter


async def replied(hub: World, clock: FakeClock) -> Matter:
    """Signed on 12 March, delivered on Tuesday 17 March."""
    matter = await accepted(hub, clock, ["停放"])
    await matter.do("2026-03-11 09:00", Role.HANDLER, "submit_reply", outcomes=["解释"], reply="已经查明。")
    await matter.do("2026-03-12 09:00", Role.SUPERVISOR, "sign")
    await matter.do("2026-03-17 09:00", Role.HANDLER, "deliver", document="处理意见书", method="直接")
    return matter


async def test_a_reply_answers_every_item_and_is_signed_by_somebody_else(
    hub: World, clock: FakeClock
) -> None:
    matter = await accepted(hub, clock, ["停放", "噪音", "道歉"])
    short = await matter.refused("2026-03-11 09:00", Role.HANDLER, "submit_reply", outcomes=["支持", "解释"])
    assert "第 3 项" in short
    assert await matter.state() is CaseState.HANDLING
    outcomes = ["支持", "解释", "不支持"]
    await matter.do(
        "2026-03-11 10:00", Role.HANDLER, "submit_reply", outcomes=outcomes, reply="逐项答复如下。"
    )
    assert "不能" in await matter.refused("2026-03-11 11:00", Role.HANDLER, "sign")
    await matter.do("2026-03-12 09:00", Role.SUPERVISOR, "sign")
    assert await matter.state() is CaseState.REVIEW_DRAFT  # signed is not delivered


async def test_the_window_for_a_review_starts_with_delivery(hub: World, clock: FakeClock) -> None:
    matter = await replied(hub, clock)
    assert await matter.state() is CaseState.REPLIED
    assert await matter.last_day(ClockName.FUCHA_WINDOW) == "2026-04-16"  # Thursday, the 30th day


async def test_a_review_asked_for_on_the_last_day_goes_up_to_the_end(hub: World, clock: FakeClock) -> None:
    matter = await replied(hub, clock)
    assert await wish(hub, matter, "2026-04-16 23:50", "request_fucha")
    assert await matter.state() is CaseState.FUCHA
    assert await matter.last_day(ClockName.FUCHA_30) == "2026-05-16"
    await matter.do("2026-05-06 09:00", Role.HIGHER_REVIEWER, "fucha_opinion", outcome="维持", reply="维持。")
    await matter.do("2026-05-07 09:00", Role.HIGHER_REVIEWER, "deliver", document="复查意见书", method="直接")
    assert await matter.last_day(ClockName.FUHE_WINDOW) == "2026-06-08"  # 6 June is a Saturday
    assert await wish(hub, matter, "2026-05-10 09:00", "request_fuhe")
    assert await matter.last_day(ClockName.FUHE_30) == "2026-06-09"
    await matter.do("2026-05-12 09:00", Role.HIGHER_REVIEWER, "hearing_start")
    await matter.do("2026-05-24 09:00", Role.HIGHER_REVIEWER, "hearing_end")
    assert await matter.last_day(ClockName.FUHE_30) == "2026-06-21"  # twelve days are not counted
    await matter.do("2026-06-20 09:00", Role.HIGHER_REVIEWER, "fuhe_opinion", reply="予以维持。")
    await matter.do("2026-06-21 09:00", Role.HIGHER_REVIEWER, "deliver", document="复核意见书", method="直接")
    assert await matter.state() is CaseState.FINAL
    assert [b.clock for b in (await Office(hub).case(matter.case_id)).proceeding.breaches] == []


async def test_a_review_asked_for_a_day_late_is_refused_by_name_of_the_day_and_kept(
    hub: World, clock: FakeClock
) -> None:
    matter = await replied(hub, clock)
    assert not await wish(hub, matter, "2026-04-17 00:00", "request_fucha")
    case = await Office(hub).case(matter.case_id)
    assert [late.last_day for late in case.proceeding.late] == ["2026-04-16"]
    assert case.state is not CaseState.FUCHA
    await matter.do("2026-04-20 09:00", Role.HIGHER_REVIEWER, "refuse_late", reason="已过期限")
    case = await Office(hub).case(matter.case_id)
    assert (case.proceeding.late, case.proceeding.papers[-1].kind) == ((), "复查不予受理告知书")
