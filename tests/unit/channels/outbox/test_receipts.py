"""Receipts: by rank, never backwards."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.contract import Receipt, ReceiptState
from channels.outbox.delivery import Delivery, DeliveryState
from channels.outbox.receipts import RANK, HandsetRule, apply_receipt
from tests.unit.channels.outbox.outbox_world import NOON, SENDER, a_delivery

S = DeliveryState
R = ReceiptState


def a_receipt(state: ReceiptState, *, code: str = "", attempt: int = 1) -> Receipt:
    return Receipt(SENDER, "a", attempt, "SM1", state, code, NOON + 5000)


def after(row: Delivery, *states: ReceiptState) -> Delivery:
    for state in states:
        row = apply_receipt(row, a_receipt(state), random=random.Random(1)) or row
    return row


@pytest.mark.parametrize("order", list(permutations([R.QUEUED, R.SENT, R.DELIVERED, R.SENT])))
def test_in_whatever_order_they_come_the_end_is_delivered(order: tuple[ReceiptState, ...]) -> None:
    assert after(a_delivery("a", state=S.SENDING, attempt=1), *order).state is S.DELIVERED


def test_the_same_receipt_again_changes_nothing() -> None:
    row = after(a_delivery("a", state=S.ACCEPTED, attempt=1), R.DELIVERED)
    assert apply_receipt(row, a_receipt(R.DELIVERED), random=random.Random(1)) is None


@pytest.mark.parametrize("state", [S.SENDING, S.AMBIGUOUS])
def test_any_word_tells_that_the_provider_took_it(state: DeliveryState) -> None:
    row = after(a_delivery("a", state=state, attempt=1), R.QUEUED)
    assert (row.state, row.provider_id) == (S.ACCEPTED, "SM1")


@pytest.mark.parametrize("bad", [R.UNDELIVERED, R.FAILED])
def test_a_failure_stays_unless_it_was_delivered_after_all(bad: ReceiptState) -> None:
    failed = after(a_delivery("a", state=S.SENT, attempt=1), bad)
    assert after(failed, R.SENT, R.QUEUED).state is failed.state
    assert after(failed, R.READ).state is S.DELIVERED
    assert after(failed, R.READ, bad).state is S.DELIVERED


def test_a_failure_of_an_earlier_attempt_says_nothing_about_the_present_one() -> None:
    row = a_delivery("a", state=S.SENDING, attempt=2)
    assert apply_receipt(row, a_receipt(R.FAILED, attempt=1), random=random.Random(1)) is None
    good = apply_receipt(row, a_receipt(R.DELIVERED, attempt=1), random=random.Random(1))
    assert good is not None
    assert good.state is S.DELIVERED


def test_an_unreachable_handset_is_tried_again_but_not_for_ever() -> None:
    handset = HandsetRule(frozenset({"30003"}), max_requeues=2)
    row = a_delivery("a", state=S.SENT, attempt=1)
    for attempt, expected in ((1, S.READY), (2, S.READY), (3, S.UNDELIVERED)):
        tried = replace(row, attempt=attempt)
        result = apply_receipt(
            tried,
            a_receipt(R.UNDELIVERED, code="30003", attempt=attempt),
            random=random.Random(1),
            handset=handset,
        )
        assert result is not None
        assert result.state is expected


@given(
    state=st.sampled_from(DeliveryState),
    words=st.lists(st.tuples(st.sampled_from(ReceiptState), st.integers(0, 3)), max_size=8),
)
def test_the_rank_never_falls_and_the_state_table_holds(
    state: DeliveryState, words: list[tuple[ReceiptState, int]]
) -> None:
    row = a_delivery("a", state=state, attempt=1)
    for word, attempt in words:
        result = apply_receipt(row, a_receipt(word, attempt=attempt), random=random.Random(1))
        if result is not None:
            assert row.may_become(result.state)
            assert RANK.get(result.state, 0) > RANK.get(row.state, 0)
            row = result
