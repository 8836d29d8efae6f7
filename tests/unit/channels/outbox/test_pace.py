"""The token bucket: parts per second, slowing down, recovering."""

from __future__ import annotations

import pytest

from channels.outbox.pace import TokenBucket
from hub.runtime.clock import FakeClock


def test_a_sender_without_a_rate_is_never_held_back() -> None:
    bucket = TokenBucket(0, FakeClock())
    bucket.spend(10_000)
    assert (bucket.grant(512), bucket.wait_seconds()) == (512, 0.0)


def test_no_more_than_the_burst_is_granted_at_once() -> None:
    clock = FakeClock()
    bucket = TokenBucket(100, clock)
    clock.advance(seconds=3600)
    assert bucket.grant(512) == 50


def test_over_a_minute_the_parts_that_leave_are_the_contract_rate() -> None:
    clock = FakeClock()
    bucket = TokenBucket(10, clock)
    left = 0
    for _ in range(600):
        for _ in range(bucket.grant(512)):
            bucket.spend(2)  # every message costs two parts
            left += 2
        clock.advance(seconds=0.1)
    assert 590 <= left <= 620


def test_a_long_message_leaves_and_the_next_one_waits_for_it() -> None:
    clock = FakeClock()
    bucket = TokenBucket(1, clock)
    assert bucket.grant(5) == 1
    bucket.spend(8)
    assert bucket.grant(5) == 0
    assert bucket.wait_seconds() == pytest.approx(8.0)
    clock.advance(seconds=8)
    assert bucket.grant(5) == 1


def test_a_warning_may_borrow_what_bulk_may_not() -> None:
    bucket = TokenBucket(10, FakeClock())
    bucket.spend(5)
    assert (bucket.grant(9), bucket.grant(9, urgent=True)) == (0, 5)


def test_slow_down_shrinks_the_rate_and_ten_seconds_give_five_percent_back() -> None:
    clock = FakeClock()
    bucket = TokenBucket(100, clock)
    bucket.slow_down()
    assert bucket.rate == pytest.approx(70)
    clock.advance(seconds=10)
    assert bucket.rate == pytest.approx(75)
    clock.advance(seconds=3600)
    assert bucket.rate == pytest.approx(100)


def test_however_often_it_is_told_the_sender_stays_able_to_recover() -> None:
    bucket = TokenBucket(100, FakeClock())
    for _ in range(100):
        bucket.slow_down()
    assert bucket.rate == pytest.approx(5)
