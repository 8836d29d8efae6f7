"""接警 → 派警 → 到场 → 反馈: in order, once, by whom, and never changed."""

from __future__ import annotations

import pytest

from hub.model.alarms.alarm import AlarmState, Way
from hub.model.alarms.handling import Outcome, StepKind, milestones
from hub.model.cases.history import HistoryKind, broken_link
from hub.model.cases.moves import IllegalMove
from hub.runtime.errors import Invalid, NotFound, Stale
from tests.unit.hub.actions.alarms.alarm_office import LI, START, SUN, ZHOU
from tests.unit.hub.actions.alarms.dispatch.desk_office import desk_office


async def test_the_life_of_an_alarm_stands_in_the_alarm_and_in_the_chained_record_of_its_case() -> None:
    office = desk_office()
    case_id = await office.taken()
    for seconds, kind in ((30, StepKind.DISPATCHED), (300, StepKind.ARRIVED), (900, StepKind.FEEDBACK)):
        office.here.clock.advance(seconds=seconds)
        await office.write(kind)
    alarm = await office.here.alarm(case_id)
    assert [(step.number, step.kind, step.by, (step.at - START) // 1000) for step in alarm.steps] == [
        (1, StepKind.DISPATCHED, "li", 30),
        (2, StepKind.ARRIVED, "li", 330),
        (3, StepKind.FEEDBACK, "li", 1230),
    ]
    history = await office.here.stores.cases.whole_history(case_id)
    written = [entry for entry in history if entry.kind.startswith("alarm_")]
    assert [entry.kind for entry in written] == [
        HistoryKind.ALARM_DISPATCHED,
        HistoryKind.ALARM_ARRIVED,
        HistoryKind.ALARM_FEEDBACK,
    ]
    assert (written[0].text, written[2].facts["outcome"]) == ("鼓楼派出所", Outcome.HANDLED)
    assert broken_link(history) is None
    case = await office.here.read(case_id)
    assert (case.is_open, case.handler_id) == (
        True,
        "li",
    )  # who has it in hand goes on writing with the citizen


async def test_a_dispatch_hands_the_alarm_over_to_the_desk_with_the_unit_that_is_to_go() -> None:
    office = desk_office()
    case_id = await office.taken()
    await office.write(StepKind.DISPATCHED, text="带破拆工具")
    [passing] = (await office.here.alarm(case_id)).passings
    assert (passing.way, passing.desk, passing.sent_at, passing.taken_at) == (Way.WEBHOOK, "fuzhou", START, 0)
    await office.here.forward.listen()
    [told] = office.centre.told
    assert (told.unit, told.note) == ("鼓楼派出所", "带破拆工具")
    [passing] = (await office.here.alarm(case_id)).passings
    assert passing.taken_at == START  # its answer says so, because its system does not call back


async def test_a_desk_that_is_only_telephoned_needs_the_name_of_who_answered() -> None:
    office = desk_office()
    case_id = await office.taken()
    with pytest.raises(Invalid) as refused:
        await office.write(StepKind.DISPATCHED, desk="nanping")
    assert list(refused.value.problems) == ["who"]
    await office.write(StepKind.DISPATCHED, desk="nanping", who="5301 王")
    [passing] = (await office.here.alarm(case_id)).passings
    assert (passing.way, passing.taken_at) == (Way.TELEPHONE, START)


@pytest.mark.parametrize(
    ("kind", "reason"), [(StepKind.ARRIVED, "还没有派警"), (StepKind.FEEDBACK, "还没有派警")]
)
async def test_the_order_is_kept_with_clear_words(kind: StepKind, reason: str) -> None:
    office = desk_office()
    case_id = await office.here.case()
    with pytest.raises(IllegalMove, match="还没有接警"):
        await office.write(kind)
    await office.here.in_hand.take(LI, case_id)
    with pytest.raises(IllegalMove, match=reason):
        await office.write(kind)
    assert (await office.here.alarm(case_id)).steps == ()


async def test_feedback_needs_an_arrival_unless_nobody_had_to_go() -> None:
    office = desk_office()
    case_id = await office.taken()
    await office.write(StepKind.DISPATCHED)
    with pytest.raises(IllegalMove, match="还没有登记到场"):
        await office.write(StepKind.FEEDBACK)
    await office.write(StepKind.FEEDBACK, outcome=Outcome.HOAX, text="电话核实为谎报")
    with pytest.raises(IllegalMove, match="已经反馈"):
        await office.write(StepKind.DISPATCHED)
    assert milestones((await office.here.alarm(case_id)).steps).outcome == Outcome.HOAX


async def test_a_second_press_of_a_button_is_the_same_step() -> None:
    office = desk_office()
    case_id = await office.taken()
    await office.write(StepKind.DISPATCHED, key="form-1", seen=0)
    await office.write(StepKind.DISPATCHED, key="form-1", seen=0)
    alarm = await office.here.alarm(case_id)
    assert (len(alarm.steps), len(alarm.passings)) == (1, 1)


async def test_of_two_who_write_at_once_one_has_it_and_the_other_is_told() -> None:
    office = desk_office()
    case_id = await office.taken()
    await office.write(StepKind.DISPATCHED, key="a", seen=0)
    with pytest.raises(Stale):
        await office.write(StepKind.DISPATCHED, by=ZHOU, key="b", seen=0, desk="nanping")
    assert [step.by for step in (await office.here.alarm(case_id)).steps] == ["li"]


async def test_a_correction_is_a_step_of_its_own_and_the_wrong_one_stays() -> None:
    office = desk_office()
    case_id = await office.taken()
    await office.write(StepKind.DISPATCHED)
    office.here.clock.advance(seconds=600)
    await office.write(StepKind.ARRIVED)
    await office.write(StepKind.FEEDBACK)
    await office.write(StepKind.CORRECTED, of=2, at=START + 300_000, text="实为五分钟后到场")
    await office.write(StepKind.CORRECTED, of=3, outcome=Outcome.MISTAKEN, text="实为误报")
    steps = (await office.here.alarm(case_id)).steps
    assert (steps[1].at, steps[2].outcome) == (START + 600_000, Outcome.HANDLED)
    done = milestones(steps)
    assert (done.arrived_at, done.outcome) == (START + 300_000, Outcome.MISTAKEN)
    with pytest.raises(IllegalMove, match="没有可以更正"):
        await office.write(StepKind.CORRECTED, of=4)


async def test_a_time_lies_between_the_step_before_and_now() -> None:
    office = desk_office()
    case_id = await office.taken()
    office.here.clock.advance(seconds=620)
    await office.write(StepKind.DISPATCHED)
    for at, told in ((START + 700_000, "不能晚于现在"), (START + 60_000, "不能早于上一步")):
        with pytest.raises(Invalid) as refused:
            await office.write(StepKind.ARRIVED, at=at)
        assert told in refused.value.problems["at"]
    await office.write(StepKind.ARRIVED, at=START + 600_000)  # typed to the minute
    assert (await office.here.alarm(case_id)).steps[1].at == START + 620_000


async def test_everything_that_is_wrong_is_named_at_once_and_nothing_is_half_done() -> None:
    office = desk_office()
    case_id = await office.taken()
    with pytest.raises(Invalid) as refused:
        await office.write(StepKind.DISPATCHED, desk="nowhere", unit="", text="x" * 501)
    assert set(refused.value.problems) == {"desk", "unit", "text"}
    with pytest.raises(Invalid) as refused:
        await office.write(StepKind.FEEDBACK, outcome="shrug", text="")
    assert set(refused.value.problems) == {"outcome", "text"}
    alarm = await office.here.alarm(case_id)
    assert (alarm.steps, alarm.passings, await office.here.outbox()) == ((), (), [])


async def test_a_case_that_went_behind_the_compartment_has_no_alarm_for_others() -> None:
    office = desk_office()
    case_id = await office.here.case(screening=True)
    await office.here.in_hand.take(SUN, case_id)
    with pytest.raises(NotFound):
        await office.write(StepKind.DISPATCHED)
    assert await office.handling.read.of(LI, case_id) is None
    await office.write(StepKind.DISPATCHED, by=SUN)
    seen = await office.handling.read(SUN, case_id)
    assert seen.alarm.state is AlarmState.TAKEN
    assert [event.kind for event in seen.life] == ["raised", "confirmed", "passed", StepKind.DISPATCHED]
