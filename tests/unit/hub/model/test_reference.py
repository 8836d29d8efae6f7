"""References: a slip on a keypad is noticed, and the pair is found however it is written."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model.reference import ROOM, find_pair, is_reference, make_reference, scattered


@given(st.integers(1, 999_999))
def test_every_reference_made_is_one(sequence: int) -> None:
    reference = make_reference("261122", sequence)
    assert len(reference) == 14
    assert is_reference(reference)


@given(st.integers(1, 999_999), st.integers(0, 13), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(sequence: int, place: int, change: int) -> None:
    reference = make_reference("261122", sequence)
    wrong = str((int(reference[place]) + change) % 10)
    assert not is_reference(reference[:place] + wrong + reference[place + 1 :])


@given(st.integers(1, 999_999), st.integers(0, 12))
def test_two_neighbours_swapped_are_noticed(sequence: int, place: int) -> None:
    reference = make_reference("261122", sequence)
    swapped = reference[:place] + reference[place + 1] + reference[place] + reference[place + 2 :]
    assert swapped == reference or not is_reference(swapped)


@pytest.mark.parametrize(
    "text",
    [
        "{r} 12345678",
        "编号{r}，查询码12345678",
        "{r}#12345678",
        "查 {r} - 12345678 谢谢",
        "{r}\n1234 5678",
    ],
)
def test_the_pair_is_found_however_it_is_separated(text: str) -> None:
    reference = make_reference("261122", 42)
    assert find_pair(text.format(r=reference)) == (reference, "12345678")


def test_full_width_digits_and_the_long_code_of_anonymous_cases_are_understood() -> None:
    reference = make_reference("261122", 42)
    wide = reference.translate({ord("0") + n: 0xFF10 + n for n in range(10)})
    assert find_pair(f"{wide} 1234567812345678") == (reference, "1234567812345678")


def test_a_number_without_a_code_is_no_pair() -> None:
    assert find_pair(make_reference("261122", 42)) is None
    assert find_pair("我的电话是13800138000，身份证35010219900307123X") is None


KEY = bytes(range(32))


def test_scattered_numbers_are_each_there_once_and_stand_above_those_that_counted_up() -> None:
    numbers = [scattered(number, "261122", KEY) for number in range(1, 20_001)]
    assert len(set(numbers)) == len(numbers)
    assert min(numbers) >= 100_000
    assert max(numbers) <= 999_999
    assert {scattered(1, "261122", KEY), scattered(ROOM, "261122", KEY)} <= set(range(100_000, 1_000_000))
    for beyond in (0, ROOM + 1):
        with pytest.raises(ValueError, match="room"):
            scattered(beyond, "261122", KEY)


def test_what_comes_next_cannot_be_told_from_what_came_before() -> None:
    numbers = [scattered(number, "261122", KEY) for number in range(1, 2_001)]
    steps = [later - sooner for sooner, later in pairwise(numbers)]
    rising = sum(step > 0 for step in steps) / len(steps)
    assert 0.45 < rising < 0.55
    assert len(set(steps)) > 1_900
    assert numbers[:50] != [scattered(number, "261123", KEY) for number in range(1, 51)]
    assert numbers[:50] != [scattered(number, "261122", bytes(32)) for number in range(1, 51)]
