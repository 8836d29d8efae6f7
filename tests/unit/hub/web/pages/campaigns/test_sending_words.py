"""What a sending will be like, in words, before anybody approves it."""

from __future__ import annotations

from datetime import datetime

from campaigns.window import CHINA, estimate
from channels.outbox.delivery import MessageClass
from channels.outbox.quiet_hours import Window, window_of
from hub.web.i18n import Language, shipped_catalogues
from hub.web.pages.campaigns.sending_words import HINTS, course, hours, needs

ZH = shipped_catalogues().of(Language.ZH)
EN = shipped_catalogues().of(Language.EN)
HOUR = 3600


def local(day: int, hour: int, minute: int = 0) -> int:
    return round(datetime(2026, 9, day, hour, minute, tzinfo=CHINA).timestamp() * 1000)


NOW = local(22, 8)


def test_law_education_at_ten_past_eight_in_the_evening_needs_the_next_morning() -> None:
    found = estimate(window_of(MessageClass.L), local(22, 20, 10), 2 * HOUR)
    said = "9月22日 20:10 开始，20:30 暂停，次日 09:00 继续，预计 10:40 发完"
    assert course(found, NOW, ZH) == said
    assert needs(found, ZH) == "一个晚上发不完，需要两个时段：当晚和次日"
    assert course(found, NOW, EN) == (
        "begins 22 Sep, 20:10, pauses 20:30, goes on 09:00 the next day, done about 10:40"
    )


def test_what_fits_needs_nothing() -> None:
    found = estimate(window_of(MessageClass.L), local(22, 20, 10), 20 * 60)
    assert course(found, NOW, ZH) == "9月22日 20:10 开始，预计 20:30 发完"
    assert needs(found, ZH) == ""


def test_a_time_in_the_night_becomes_the_morning() -> None:
    found = estimate(window_of(MessageClass.L), local(22, 22, 30), 60)
    assert course(found, NOW, ZH) == "9月23日 09:00 开始，预计 09:01 发完"


def test_a_week_of_sending_is_not_listed_day_by_day() -> None:
    found = estimate(window_of(MessageClass.L), local(22, 9), 5 * 11.5 * HOUR)
    assert needs(found, ZH) == "一个时段发不完，需要 5 天"
    assert course(found, NOW, ZH).endswith("以后每天如此，预计 9月26日 20:30 发完")


def test_a_red_warning_of_hours_over_midnight_has_no_pause() -> None:
    found = estimate(window_of(MessageClass.E0), local(22, 23), 3 * HOUR)
    assert course(found, NOW, ZH) == "9月22日 23:00 开始，预计 次日 02:00 发完"
    assert needs(found, ZH) == ""
    assert hours(None, ZH) == "随时"
    assert hours((9 * 60, 20 * 60 + 30), ZH) == "09:00–20:30"


def test_the_hours_are_written_one_way_and_are_those_of_the_office() -> None:
    assert str(Window(7 * 60, 22 * 60)) == "07:00–22:00"
    told = {one: ZH(hint, hours=Window(7 * 60, 22 * 60)) for one, hint in HINTS.items()}
    assert told[MessageClass.E1] == "07:00–22:00 发送，用于黄色、蓝色预警"
    assert EN(HINTS[MessageClass.E1], hours="07:00–22:00").startswith("Sent 07:00–22:00")
