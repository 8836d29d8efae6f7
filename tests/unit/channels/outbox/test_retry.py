"""Back-off, attempts and the class rule of ambiguous rows."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.outbox.delivery import DeliveryState, MessageClass
from channels.outbox.retry import (
    ASK_SECONDS,
    RETRY,
    RetryRule,
    ambiguous,
    backoff_ms,
    by_class,
    resend,
    retry,
)
from tests.unit.channels.outbox.outbox_world import NOON, a_delivery


@dataclass
class Fixed:
    value: float

    def random(self) -> float:
        return self.value


@given(attempt=st.integers(1, 200), seed=st.integers())
def test_a_pause_is_never_shorter_than_half_a_second_nor_longer_than_the_rule(
    attempt: int, seed: int
) -> None:
    rule = RetryRule(5, 2, 60)
    wait = backoff_ms(rule, attempt, random.Random(seed))
    assert 500 <= wait <= 60_000


def test_the_ceiling_doubles_with_every_attempt() -> None:
    rule = RetryRule(9, 10, 1000)
    assert [backoff_ms(rule, n, Fixed(0.5)) for n in (1, 2, 3, 20)] == [5000, 10_000, 20_000, 500_000]


def test_a_row_is_tried_again_later_until_its_attempts_are_used_up() -> None:
    row = a_delivery("a", state=DeliveryState.SENDING, attempt=1)
    again = retry(row, code="20429", now=NOON, random=Fixed(0.5))
    assert (again.state, again.reason) == (DeliveryState.READY, "20429")
    assert again.not_before > NOON
    last = replace(row, attempt=RETRY[MessageClass.E1].max_attempts)
    assert retry(last, code="20429", now=NOON, random=Fixed(0.5)).state is DeliveryState.DEAD


def test_the_providers_own_pause_is_respected() -> None:
    row = a_delivery("a", state=DeliveryState.SENDING, attempt=1)
    again = retry(row, code="x", now=NOON, random=Fixed(0.0), retry_after_seconds=90)
    assert again.not_before == NOON + 90_000


def test_a_try_that_would_come_too_late_is_not_made() -> None:
    row = a_delivery("a", state=DeliveryState.SENDING, attempt=1, expires_at=NOON + 1000)
    assert retry(row, code="x", now=NOON, random=Fixed(0.9)).state is DeliveryState.EXPIRED


@pytest.mark.parametrize(
    ("message_class", "seconds"),
    [(MessageClass.E0, 60), (MessageClass.E1, 300), (MessageClass.N, None), (MessageClass.L, None)],
)
def test_the_class_decides_whether_an_ambiguous_row_goes_again(
    message_class: MessageClass, seconds: int | None
) -> None:
    row = a_delivery("a", message_class, state=DeliveryState.SENDING, attempt=1)
    unsure = ambiguous(row, code="timeout", now=NOON)
    assert unsure.state is DeliveryState.AMBIGUOUS
    assert unsure.not_before == NOON + (seconds or ASK_SECONDS) * 1000
    decided = by_class(unsure, now=unsure.not_before)
    assert decided.state is (DeliveryState.AMBIGUOUS if seconds is None else DeliveryState.READY)
    assert decided.not_before == (0 if seconds is None else unsure.not_before)


def test_it_goes_again_only_once_even_after_a_retry_in_between() -> None:
    row = a_delivery("a", MessageClass.E0, state=DeliveryState.SENDING, attempt=1)
    second = replace(
        resend(ambiguous(row, code="timeout", now=NOON), now=NOON), state=DeliveryState.SENDING, attempt=2
    )
    third = replace(
        retry(second, code="20429", now=NOON, random=Fixed(0.1)), state=DeliveryState.SENDING, attempt=3
    )
    unsure = ambiguous(third, code="timeout", now=NOON)
    assert by_class(unsure, now=unsure.not_before) == replace(unsure, not_before=0)
