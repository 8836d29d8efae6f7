"""The soak is believed because it notices: a loss, a double, a text that is not listed, memory that grows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType

import pytest

from hub.bench.gateways.soak import growth, judged, more

KEY = ("+8613800000001", "text")
ROW = {"id": "r1", "to": KEY[0], "text": KEY[1], "state": "delivered", "class": "N"}


def found(
    times: int = 1,
    *,
    listed: tuple[str, ...] = (),
    missing: tuple[str, ...] = (),
    row: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """What is wrong with one row that was in the killed window and that the gateway took so often."""
    taken = Counter({KEY: times}) if times else Counter()
    return "; ".join(judged([{**ROW, **row}], taken, set(listed), {KEY}, missing))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (found(), "1 of 1 unanswered texts not listed"),
        (found(listed=("r1",)), ""),
        (found(2, listed=("r1",)), ""),
        (found(2, listed=("r1",), row={"class": "L"}), "(L, delivered) taken 2 times"),
        (found(3, listed=("r1",)), "taken 3 times"),
        (found(0, listed=("r1",)), "1 texts called sent that nobody took"),
        (found(0, listed=("r1",), row={"state": "ambiguous"}), ""),
        (found(listed=("r1",), row={"state": "failed"}), "neither left nor are in doubt: {'failed': 1}"),
        (found(listed=("r1",), missing=("m1",)), "1 inbound texts lost"),
        (found(listed=("r1",), row={"text": "other"}), "1 texts taken that the hub does not know"),
    ],
)
def test_what_does_not_hold_is_told(wrong: str, told: str) -> None:
    assert told in wrong
    assert bool(told) == bool(wrong)


def test_a_text_that_came_twice_without_a_doubt_is_told() -> None:
    wrong = judged([ROW], Counter({KEY: 2}), set(), {("another", "text")}, ())
    assert wrong == ["r1 (N, delivered) taken 2 times"]
    assert judged([ROW], Counter({KEY: 2}), {"r1"}, {("another", "text")}, ()) == []


def test_growth_compares_the_last_third_with_the_one_before() -> None:
    assert growth([1, 9, 9, 100, 100, 100, 100, 100, 100]) == 0
    assert growth([100, 100, 100, 100, 100, 100, 110, 110, 110]) == pytest.approx(0.1)
    assert more([9, 9, 17, 18, 17, 17, 20, 21, 19]) == 3
