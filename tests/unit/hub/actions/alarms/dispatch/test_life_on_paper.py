"""What was done about an alarm, as the printed file and the page of times say it."""

from __future__ import annotations

import pytest

from hub.actions.alarms.dispatch.read_times import CENTRE_110, NOT_DISPATCHED, TimesQuery
from hub.model.alarms.handling import StepKind
from hub.web.i18n import Language, Translator
from hub.web.pages.alarms.handling_words import duration
from hub.web.pages.alarms.life_lines import life_lines
from tests.unit.hub.actions.alarms.alarm_office import LI, START
from tests.unit.hub.actions.alarms.dispatch.desk_office import desk_office

ZH = Translator(Language.ZH)


async def test_the_printed_file_has_each_step_with_its_time_unit_and_who_wrote_it() -> None:
    office = desk_office()
    await office.here.stores.agents.insert(LI)
    case_id = await office.taken()
    for seconds, kind in ((30, StepKind.DISPATCHED), (300, StepKind.ARRIVED), (900, StepKind.FEEDBACK)):
        office.here.clock.advance(seconds=seconds)
        await office.write(kind)
    handling = await office.handling.read.of(LI, case_id)
    assert handling is not None
    lines = life_lines(handling, ZH)
    steps = [line for line in lines if line[1] in ("派警", "到场", "反馈")]
    assert [(at, what) for at, what, _ in steps] == [
        ("2026-12-01 12:00:30", "派警"),
        ("2026-12-01 12:05:30", "到场"),
        ("2026-12-01 12:20:30", "反馈"),
    ]
    assert "鼓楼派出所" in steps[0][2]
    assert "现场处置完毕" in steps[2][2]
    assert "已救出" in steps[2][2]
    assert all("登记人 li" in more for _, _, more in steps)
    assert [what for _, what, _ in lines][:2] == ["收到报警", "接警确认"]
    [passed] = [more for _, what, more in lines if what == "移交"]
    assert "12:00:30 移交" in passed


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (45, "45 秒"),
        (60, "1 分"),
        (200, "3 分 20 秒"),
        (3_600, "1 小时"),
        (7_500, "2 小时 5 分"),
        (86_400, "1 天"),
        (273_600, "3 天 4 小时"),
    ],
)
def test_a_duration_has_no_part_that_is_zero(seconds: int, said: str) -> None:
    assert duration(seconds, ZH) == said


async def test_the_times_of_the_110_centre_can_be_asked_for() -> None:
    office = desk_office()
    for name, desk in (("c1", ""), ("c2", "fuzhou")):
        await office.taken(name)
        await office.write(StepKind.DISPATCHED, case_id=name, desk=desk)
    await office.taken("c3")

    async def count(desk: str) -> int:
        query = TimesQuery(START, START + 1, desk)
        return (await office.handling.times(LI, query, {})).whole.alarms

    assert [await count(desk) for desk in ("", CENTRE_110, "fuzhou", NOT_DISPATCHED)] == [3, 1, 1, 1]
