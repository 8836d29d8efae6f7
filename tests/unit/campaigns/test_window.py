"""Estimates and progress: nights count, and the numbers add up."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.progress import progress, summed
from campaigns.window import CHINA, estimate, is_open
from channels.outbox.delivery import DeliveryState, MessageClass
from channels.outbox.quiet_hours import window_of
from tests.unit.campaigns.stage import NOON

HOUR = 3600


def local(day: int, hour: int, minute: int = 0) -> int:
    return round(datetime(2026, 9, day, hour, minute, tzinfo=CHINA).timestamp() * 1000)


def test_law_education_begun_at_ten_past_eight_goes_on_in_the_morning() -> None:
    when = estimate(window_of(MessageClass.L), local(22, 20, 10), 2 * HOUR)
    assert when.starts_at == local(22, 20, 10)
    assert when.finishes_at == local(23, 10, 40)  # 20 minutes, the night, 1 hour 40
    assert when.days == 2


def test_work_that_fits_the_evening_ends_in_it() -> None:
    when = estimate(window_of(MessageClass.L), local(22, 20, 10), 20 * 60)
    assert (when.finishes_at, when.days) == (local(22, 20, 30), 1)


def test_what_is_begun_at_night_starts_in_the_morning() -> None:
    when = estimate(window_of(MessageClass.L), local(22, 23), 60)
    assert (when.starts_at, when.finishes_at, when.days) == (local(23, 9), local(23, 9, 1), 1)


def test_a_red_warning_knows_no_night() -> None:
    when = estimate(window_of(MessageClass.E0), local(22, 2), 3 * HOUR)
    assert (when.starts_at, when.finishes_at) == (local(22, 2), local(22, 5))


def test_two_million_parts_at_a_hundred_a_second_take_one_day_and_at_ten_a_week() -> None:
    assert estimate(window_of(MessageClass.L), local(22, 9), 2_000_000 / 100).days == 1
    assert estimate(window_of(MessageClass.L), local(22, 9), 2_000_000 / 10).days == 5


@pytest.mark.parametrize(
    ("hour", "minute", "open_"), [(8, 59, False), (9, 0, True), (20, 29, True), (20, 30, False)]
)
def test_the_hours_of_law_education(hour: int, minute: int, *, open_: bool) -> None:
    assert is_open(window_of(MessageClass.L), local(22, hour, minute)) is open_


@given(st.dictionaries(st.sampled_from([state.value for state in DeliveryState]), st.integers(0, 1000)))
def test_the_numbers_of_a_bar_always_add_up(counts: dict[str, int]) -> None:
    bar = progress(counts, total=5000, window=window_of(MessageClass.L), now=NOON, per_second=10)
    parts = (bar.waiting, bar.leaving, bar.taken, bar.failed, bar.suppressed)
    assert sum(parts) + bar.ambiguous + bar.expired + bar.canceled == bar.total
    assert 0 <= bar.percent <= 100
    assert bar.delivered <= bar.taken
    assert bool(bar.left) == bool(bar.eta_at)


def test_what_the_counters_do_not_hold_yet_is_waiting() -> None:
    bar = progress({"delivered": 40}, total=100, window=window_of(MessageClass.L), now=NOON, per_second=1)
    assert (bar.total, bar.waiting, bar.percent) == (100, 60, 40)
    assert bar.eta_at == NOON + 60_000


def test_nothing_to_send_is_no_division_by_zero() -> None:
    bar = progress({}, total=0, window=window_of(MessageClass.L), now=NOON, per_second=0)
    assert (bar.total, bar.percent, bar.eta_at) == (0, 0, 0)


def test_two_bars_make_one() -> None:
    first = progress({"delivered": 50}, total=100, window=window_of(MessageClass.L), now=NOON, per_second=0)
    second = progress({"failed": 100}, total=100, window=window_of(MessageClass.L), now=NOON, per_second=0)
    both = summed((first, second))
    assert (both.total, both.waiting, both.failed, both.percent) == (200, 50, 100, 75)
