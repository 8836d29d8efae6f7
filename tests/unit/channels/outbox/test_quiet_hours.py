"""Quiet hours in local time."""

from __future__ import annotations

import random
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.outbox.delivery import MessageClass, Origin, WarningLevel
from channels.outbox.quiet_hours import (
    JITTER_SECONDS,
    WINDOWS,
    Window,
    held_until,
    next_allowed,
    window_of,
)

CHINA = ZoneInfo("Asia/Shanghai")


def at(text: str, zone: ZoneInfo = CHINA) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp() * 1000)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-03-01T09:00", "2026-03-01T09:00"),
        ("2026-03-01T20:29:59", "2026-03-01T20:29:59"),
        ("2026-03-01T20:30", "2026-03-02T09:00"),
        ("2026-03-01T23:59", "2026-03-02T09:00"),
        ("2026-03-01T00:00", "2026-03-01T09:00"),
        ("2026-12-31T21:00", "2027-01-01T09:00"),
    ],
)
def test_law_education_leaves_between_nine_and_half_past_eight(now: str, expected: str) -> None:
    assert next_allowed(window_of(MessageClass.L), at(now), zone=CHINA) == at(expected)


L, From = WarningLevel, Origin


@pytest.mark.parametrize(
    ("message_class", "level", "night", "origin", "hours"),
    [
        (MessageClass.E0, L.NONE, False, From.REPLY, None),  # in an open emergency
        (MessageClass.E1, L.NONE, False, From.REPLY, None),
        (MessageClass.E1, L.NONE, False, From.SUBMISSION, None),  # a one-time code
        (MessageClass.E0, L.RED, False, From.BROADCAST, None),
        (MessageClass.E1, L.ORANGE, False, From.BROADCAST, None),  # the level decides, not the template
        (MessageClass.E1, L.YELLOW, False, From.BROADCAST, (7 * 60, 22 * 60)),
        (MessageClass.E0, L.YELLOW, False, From.BROADCAST, (7 * 60, 22 * 60)),
        (MessageClass.E1, L.YELLOW, True, From.BROADCAST, None),
        (MessageClass.E1, L.BLUE, False, From.BROADCAST, (7 * 60, 22 * 60)),
        (MessageClass.E1, L.BLUE, True, From.BROADCAST, (7 * 60, 22 * 60)),
        (MessageClass.E1, L.NONE, False, From.BROADCAST, (7 * 60, 22 * 60)),
        (MessageClass.N, L.NONE, True, From.NOTICE, (8 * 60, 22 * 60)),
        (MessageClass.L, L.NONE, True, From.BROADCAST, (9 * 60, 20 * 60 + 30)),
    ],
)
def test_class_level_release_and_origin_decide_the_hours(
    message_class: MessageClass,
    level: WarningLevel,
    night: bool,
    origin: Origin,
    hours: tuple[int, int] | None,
) -> None:
    window = window_of(message_class, level, night=night, origin=origin)
    assert window == (Window(*hours) if hours else None)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-12-31T21:59:59.999", "2026-12-31T21:59:59.999"),
        ("2026-12-31T22:00", "2027-01-01T07:00"),
        ("2027-01-01T06:59:59.999", "2027-01-01T07:00"),
        ("2027-01-01T07:00", "2027-01-01T07:00"),
        ("2028-02-28T23:00", "2028-02-29T07:00"),
    ],
)
def test_a_blue_warning_keeps_the_night_to_the_instant_and_over_the_end_of_the_year(
    now: str, expected: str
) -> None:
    window = window_of(MessageClass.E1, WarningLevel.BLUE, night=True)
    assert next_allowed(window, at(now), zone=CHINA) == at(expected)


INSTANTS = st.integers(at("2026-01-01T00:00"), at("2030-01-01T00:00"))


@given(INSTANTS, st.sampled_from(MessageClass), st.sampled_from(WarningLevel), st.booleans())
def test_the_next_opening_is_inside_the_hours_and_less_than_a_day_away(
    now: int, message_class: MessageClass, level: WarningLevel, night: bool
) -> None:
    window = window_of(message_class, level, night=night)
    allowed = next_allowed(window, now, zone=CHINA)
    minute = (allowed // 60_000 + 8 * 60) % (24 * 60)  # China is eight hours ahead, summer and winter
    assert now <= allowed < now + 24 * 3_600_000
    assert next_allowed(window, allowed, zone=CHINA) == allowed
    assert window is None or window.opens_at <= minute < window.closes_at
    assert allowed == now or (window is not None and minute == window.opens_at and allowed % 60_000 == 0)


@given(st.integers(0, 1439), st.integers(1, 1440), INSTANTS)
def test_no_hours_of_an_office_let_law_education_leave_outside_the_wall(
    opens: int, closes: int, now: int
) -> None:
    windows = {**WINDOWS, MessageClass.L: Window(min(opens, closes - 1), closes)}
    window = window_of(MessageClass.L, windows=windows)
    assert window is not None
    if window.opens_at < window.closes_at:
        allowed = next_allowed(window, now, zone=CHINA)
        assert 8 * 60 <= (allowed // 60_000 + 8 * 60) % (24 * 60) < 21 * 60


def test_a_nights_backlog_is_spread_over_ten_minutes() -> None:
    night, opening = at("2026-03-01T23:00"), at("2026-03-02T09:00")
    window = window_of(MessageClass.L)
    times = [held_until(window, night, zone=CHINA, random=random.Random(seed)) for seed in range(200)]
    assert all(t is not None and opening <= t <= opening + JITTER_SECONDS * 1000 for t in times)
    assert len(set(times)) > 150


def test_a_zone_with_summer_time_keeps_its_hours() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    allowed = next_allowed(Window(540, 1200), at("2026-03-28T22:00", berlin), zone=berlin)
    assert allowed == at("2026-03-29T09:00", berlin)
