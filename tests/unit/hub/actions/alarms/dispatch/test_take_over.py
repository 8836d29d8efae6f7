"""Handed over and taken over: both times for every way, the next way where nobody takes over, and what the
system of a command desk reports."""

from __future__ import annotations

import asyncio

import pytest

from channels.outbox.delivery import DeliveryState
from hub.actions.alarms.dispatch.hear_centre import CentreReport, Clash, Heard
from hub.model.alarms.alarm import Way
from hub.model.alarms.handling import StepKind, milestones
from hub.model.cases.history import HistoryKind
from hub.runtime.errors import Forbidden, Invalid, NotFound, Stale
from tests.unit.hub.actions.alarms.alarm_office import CENTRE_NUMBER, LI, OPERATOR_NUMBER, START, SUN, ZHOU
from tests.unit.hub.actions.alarms.dispatch.desk_office import DESK_NUMBER, DeskOffice, desk_office

SECOND = 1_000


async def times(office: DeskOffice) -> list[tuple[Way, int, int]]:
    """Of every passing: seconds at which it was handed over and taken over, -1 = not."""
    alarm = await office.here.alarm("c1")
    return [
        (p.way, (p.sent_at - START) // SECOND, (p.taken_at - START) // SECOND if p.taken_at else -1)
        for p in alarm.passings
    ]


async def dispatched(*, centre: bool = True, calls_back: bool = False) -> DeskOffice:
    """An alarm in hand that was dispatched to Fuzhou."""
    office = desk_office(centre=centre, calls_back=calls_back)
    await office.taken()
    await office.write(StepKind.DISPATCHED)
    return office


async def later(office: DeskOffice, seconds: int) -> None:
    office.here.clock.advance(seconds=seconds)
    await office.handling.escalate.step()


def report(event: str, id: str = "e1", seconds: int = 0, **said: str) -> CentreReport:
    return CentreReport(id, "c1", event, START + seconds * SECOND, **said)


async def test_what_nobody_takes_over_goes_by_the_next_way_and_at_last_to_the_operator() -> None:
    office = await dispatched(calls_back=True)
    await later(office, 59)
    assert await times(office) == [(Way.WEBHOOK, 0, -1)]
    await later(office, 1)
    await later(office, 60)
    assert await times(office) == [(Way.WEBHOOK, 0, -1), (Way.TEXT, 60, -1), (Way.PAGE, 120, -1)]
    assert await office.here.sent_to(OPERATOR_NUMBER) == []
    await later(office, 60)
    await later(office, 60)
    [told] = await office.here.sent_to(OPERATOR_NUMBER)
    assert "超时无人接收" in told.text
    assert (await office.here.alarm("c1")).untaken_at == START + 180 * SECOND
    assert len(await office.here.history("c1", HistoryKind.UNTAKEN_110)) == 3


async def test_two_processes_that_look_at_once_escalate_once() -> None:
    office = await dispatched(calls_back=True)
    office.here.clock.advance(seconds=60)
    await asyncio.gather(office.handling.escalate.step(), office.handling.escalate.step())
    assert [way for way, _, _ in await times(office)] == [Way.WEBHOOK, Way.TEXT]


async def test_a_text_is_taken_over_by_its_code_from_its_number_and_by_nothing_else() -> None:
    office = await dispatched(centre=False)
    [sent] = await office.here.sent_to(DESK_NUMBER)
    code = (await office.here.alarm("c1")).passings[0].code
    assert f"接收请回复{code}" in sent.text
    assert "鼓楼派出所" in sent.text
    office.here.clock.advance(seconds=20)
    assert not await office.reply(code, sender="+8613800000001")
    assert not await office.reply("收到")
    assert not await office.reply("111111")
    assert not await office.reply(
        f"{code} 但是地址不对，请再问报警人一次，我们找不到那条路，也没有人接电话，怎么办"
    )
    assert await times(office) == [(Way.TEXT, 0, -1)]
    assert await office.reply(f"收到 {code}")
    office.here.clock.advance(seconds=5)
    assert await office.reply(f"收到 {code}")  # the carrier brings it twice
    assert await times(office) == [(Way.TEXT, 0, 20)]
    [entry] = await office.here.history("c1", HistoryKind.TAKEN_OVER_110)
    assert (entry.facts["way"], entry.facts["sent_at"]) == ("text", str(START))
    await later(office, 300)
    assert len(await times(office)) == 1  # nothing is waited for any more


async def test_staff_of_the_desk_take_over_on_the_page_and_of_two_the_first_has_it() -> None:
    office = await dispatched(calls_back=True)
    with pytest.raises(Forbidden):
        await office.handling.take_over.on_page(ZHOU, "c1", "fuzhou")
    wang, chen = await office.staff_of_desk(ZHOU), await office.staff_of_desk(LI)
    office.here.clock.advance(seconds=9)
    await office.handling.take_over.on_page(wang, "c1", "fuzhou")
    await office.handling.take_over.on_page(wang, "c1", "fuzhou")  # a double click
    with pytest.raises(Stale):
        await office.handling.take_over.on_page(chen, "c1", "fuzhou")
    assert await times(office) == [(Way.WEBHOOK, 0, 9)]
    [entry] = await office.here.history("c1", HistoryKind.TAKEN_OVER_110)
    assert (entry.actor, entry.facts["way"]) == ("zhou", "page")


async def test_who_does_not_see_the_case_cannot_take_it_over() -> None:
    office = desk_office(calls_back=True)
    case_id = await office.here.case(screening=True)
    await office.here.in_hand.take(SUN, case_id)
    await office.write(StepKind.DISPATCHED, by=SUN)
    with pytest.raises(NotFound):
        await office.handling.take_over.on_page(await office.staff_of_desk(ZHOU), case_id, "fuzhou")


async def test_a_system_that_calls_back_has_it_when_it_says_so_and_not_when_it_answers() -> None:
    office = await dispatched(calls_back=True)
    await office.here.forward.listen()
    [passing] = (await office.here.alarm("c1")).passings
    assert (passing.acknowledged_at, passing.taken_at) == (START, 0)
    office.here.clock.advance(seconds=30)
    heard = report("taken_over", seconds=20, who="5301")
    assert await office.handling.hear("fuzhou", heard) is Heard.NEW
    await office.handling.hear("fuzhou", heard)
    assert await times(office) == [(Way.WEBHOOK, 0, 20)]
    assert len(await office.here.history("c1", HistoryKind.TAKEN_OVER_110)) == 1


async def test_reports_of_a_system_are_taken_twice_late_and_in_any_order() -> None:
    office = await dispatched(calls_back=True)
    office.here.clock.advance(seconds=1_000)
    hear = office.handling.hear
    feedback = report("feedback", "e3", 900, outcome="helped", text="已送医", who="5301")
    arrived = report("arrived", "e2", 400, unit="鼓楼派出所")
    for one in (feedback, arrived, feedback, arrived):
        await hear("fuzhou", one)
    assert await hear("fuzhou", feedback) is Heard.SEEN
    alarm = await office.here.alarm("c1")
    assert [(step.kind, step.of) for step in alarm.steps[1:]] == [
        (StepKind.FEEDBACK, 0),
        (StepKind.ARRIVED, 1),
    ]
    done = milestones(alarm.steps)
    assert (done.arrived_at, done.fed_back_at, done.outcome) == (START + 400_000, START + 900_000, "helped")
    assert alarm.taken_over_at  # who reports has it
    assert len(await office.here.history("c1", HistoryKind.ALARM_FEEDBACK)) == 1
    [told] = await office.here.stores.notifications.unread("li")
    assert told.case_id == "c1"


async def test_a_report_that_cannot_be_is_refused_and_leaves_nothing() -> None:
    office = await dispatched(calls_back=True)
    hear = office.handling.hear
    await hear("fuzhou", report("arrived", "e2"))
    with pytest.raises(Clash):
        await hear("fuzhou", report("arrived", "e2", unit="another"))
    with pytest.raises(Invalid):
        await hear("fuzhou", report("arrived", "e9", 3_600))
    for desk in ("nanping", "nowhere"):  # the first was not given it
        with pytest.raises(NotFound):
            await hear(desk, report("arrived", "e9"))
    assert len((await office.here.alarm("c1")).steps) == 2


async def test_a_text_to_110_that_arrived_and_nobody_answered_rings_again_and_the_operator_is_told() -> None:
    office = desk_office()
    here = office.here
    case_id = await here.case()
    await here.forward.step()  # nobody is on duty: it leaves at once
    [row] = [one for one in await here.outbox() if one.delivery.recipient.value == CENTRE_NUMBER]
    await here.settle(row, state=DeliveryState.DELIVERED, receipt_at=START + 3_000)
    here.clock.advance(seconds=5)
    await here.forward.listen()
    assert not (await here.alarm(case_id)).is_unconfirmed
    await later(office, 60)
    assert (await here.alarm(case_id)).is_unconfirmed
    told = [row.text for row in await here.sent_to(OPERATOR_NUMBER)]
    assert any("超时无人接收" in text for text in told)
    code = (await here.alarm(case_id)).passings[0].code
    assert await office.reply(code, sender=CENTRE_NUMBER)
    alarm = await here.alarm(case_id)
    assert not alarm.is_unconfirmed
    assert (alarm.passings[0].acknowledged_at, alarm.passings[0].taken_at) == (START + 3_000, START + 65_000)


async def test_a_dispatch_by_telephone_is_taken_over_by_who_answered() -> None:
    office = desk_office()
    await office.taken()
    await office.write(StepKind.DISPATCHED, desk="nanping", who="5301")
    await later(office, 600)
    assert await times(office) == [(Way.TELEPHONE, 0, 0)]
    assert not (await office.here.alarm("c1")).untaken_at
