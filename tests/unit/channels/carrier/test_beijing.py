"""Times of the carriers, and numbers as gateways write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from channels.address import phone
from channels.carrier.beijing import login_time, minute, nearest
from channels.carrier.number import CountryCode, read, written


def ms(year: int, month: int, day: int, hour: int = 0, minute_: int = 0, second: int = 0) -> int:
    return int(datetime(year, month, day, hour, minute_, second, tzinfo=UTC).timestamp() * 1000)


def test_a_login_time_is_beijing_with_its_leading_zero() -> None:
    assert login_time(ms(2026, 6, 3, 6, 25, 12)) == "0603142512"
    assert login_time(ms(2026, 12, 31, 17, 0, 0)) == "0101010000"


def test_a_minute_of_a_receipt() -> None:
    assert minute(b"2606031425") == ms(2026, 6, 3, 6, 25)
    assert minute(b"2613031425", fallback=7) == 7
    assert minute(b"\xff\xff", fallback=7) == 7


@pytest.mark.parametrize(
    ("now", "stamp", "at"),
    [
        (ms(2027, 1, 1, 1), 1231230000, ms(2026, 12, 31, 15)),
        (ms(2026, 12, 31, 10), 101000500, ms(2026, 12, 31, 16, 5)),
        (ms(2026, 6, 1), 601080000, ms(2026, 6, 1)),
        (ms(2026, 6, 1), 230000000, 0),
    ],
)
def test_a_time_without_a_year_is_the_nearest(now: int, stamp: int, at: int) -> None:
    assert nearest(now, stamp) == at


@pytest.mark.parametrize(
    ("form", "mobile"), [("none", "13800138000"), ("86", "8613800138000"), ("+86", "+8613800138000")]
)
def test_numbers_are_written_as_the_gateway_wants_them(form: CountryCode, mobile: str) -> None:
    assert written(phone("13800138000"), form) == mobile
    assert written(phone("12110"), form) == "12110"
    assert written(phone("+85291234567"), form) == "85291234567"
    assert read(mobile) == read("008613800138000") == phone("13800138000")
    assert read("CMCC\0").value == "CMCC"
