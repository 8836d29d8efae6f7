"""Something that fails is left alone, and tried anew."""

from __future__ import annotations

from hub.runtime.breaker import Breaker
from hub.runtime.clock import FakeClock


def test_while_it_is_left_alone_only_one_try_is_made_per_pause() -> None:
    clock = FakeClock()
    breaker = Breaker(clock, failures=1, pause_seconds=60)
    breaker.failed()
    assert not breaker.allows()
    clock.advance(seconds=60)
    assert [breaker.allows(), breaker.allows()] == [True, False]  # the try is still under way


def test_each_try_that_fails_makes_the_pause_longer_and_one_that_succeeds_ends_it() -> None:
    clock = FakeClock()
    breaker = Breaker(clock, failures=2, pause_seconds=1, longest_seconds=5)
    breaker.failed()
    assert (breaker.is_open, breaker.allows()) == (False, True)
    breaker.failed()
    for pause in (1, 2, 4, 5, 5):
        clock.advance(seconds=pause - 0.001)
        assert not breaker.allows()
        clock.advance(seconds=0.001)
        assert breaker.allows()
        breaker.failed()
    clock.advance(seconds=5)
    assert breaker.allows()
    breaker.succeeded()
    assert (breaker.is_open, breaker.allows()) == (False, True)
    breaker.failed()
    breaker.failed()
    clock.advance(seconds=1)
    assert breaker.allows()


def test_what_was_asked_before_the_pause_and_fails_in_it_makes_it_no_longer() -> None:
    clock = FakeClock()
    breaker = Breaker(clock, failures=1, pause_seconds=1, longest_seconds=300)
    for _ in range(8):
        breaker.failed()
    clock.advance(seconds=1)
    assert breaker.allows()
    breaker.failed()
    for _ in range(8):
        breaker.failed()
    clock.advance(seconds=2)
    assert breaker.allows()
