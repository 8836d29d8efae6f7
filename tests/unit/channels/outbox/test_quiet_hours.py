"""Quiet hours in local time."""

from __future__ import annotations

import random
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from channels.outbox.delivery import MessageClass
from channels.outbox.quiet_hours import JITTER_SECONDS, Window, held_until, next_allowed, window_of

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


@pytest.mark.parametrize("message_class", [MessageClass.E0, MessageClass.E1])
def test_a_warning_and_a_reply_leave_at_two_in_the_morning(message_class: MessageClass) -> None:
    night = at("2026-03-01T02:00")
    assert held_until(window_of(message_class), night, zone=CHINA, random=random.Random(1)) is None


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
