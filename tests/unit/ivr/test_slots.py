"""What callers key and say, made into values and read back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.node import AskKind
from ivr.slots import groups, id_number, mobile, normalise, plate, read_back, spell, spoken_digits


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("12345", "12345"),
        ("１２３", "123"),
        ("幺三八零零幺三八〇洞洞", "13800138000"),
        ("拐 勾 两", "792"),
        ("零一二三四五", "012345"),
        ("一百二十三", "123"),
        ("十五", "15"),
        ("两万零五", "20005"),
        ("3千", "3000"),
    ],
)
def test_spoken_digits_become_digits(said: str, value: str) -> None:
    assert spoken_digits(said) == value


@pytest.mark.parametrize("said", ["", "我有一个问题", "第一次", "三五成群", "一般", "十百", "1*2"])
def test_what_is_not_only_digits_is_no_number(said: str) -> None:
    assert spoken_digits(said) is None


def test_an_id_number_needs_its_check_digit_and_a_real_birth_date() -> None:
    assert id_number("11010519491231002X") == "11010519491231002X"
    assert id_number("11010519491231002*") == "11010519491231002X"
    assert id_number("110105194912310021") is None
    assert id_number("11010519491331002X") is None
    assert id_number("110105491231002") is None


def test_a_mobile_number_has_eleven_digits_and_a_known_start() -> None:
    assert mobile("幺三八零零幺三八零零零") == "13800138000"
    assert mobile("12800138000") is None
    assert mobile("1380013800") is None


@pytest.mark.parametrize("said", ["闽A 幺 二 三 四 五", "闽a12345", "闽A·12345"])
def test_a_plate_by_voice(said: str) -> None:
    assert plate(said) == "闽A12345"


@pytest.mark.parametrize(
    ("said", "good"), [("闽AD12345", True), ("闽A1234学", True), ("闽I12345", False), ("闽A1O345", False)]
)
def test_an_impossible_plate_is_refused(said: str, *, good: bool) -> None:
    assert (plate(said) is not None) is good


def test_read_back_is_grouped_and_says_yao_for_one() -> None:
    assert read_back(AskKind.MOBILE, "13800138000", "zh") == "幺，三，八。零，零，幺，三。八，零，零，零"
    assert read_back(AskKind.DIGITS, "110", "en") == "one, one, zero"
    assert read_back(AskKind.PLATE, "闽A12345", "zh") == "闽A，幺，二，三，四，五"


def test_an_id_number_is_never_read_back_whole() -> None:
    said = read_back(AskKind.ID_NUMBER, "11010519491231002X", "zh")
    assert said == "尾号零，零，二，X"


@given(st.text("0123456789", min_size=1, max_size=20))
def test_groups_hold_every_digit_once(digits: str) -> None:
    assert "".join(groups(digits)) == digits
    assert max(len(group) for group in groups(digits)) <= 5


@given(st.text("0123456789", min_size=1, max_size=20))
def test_what_is_spelled_is_understood_again(digits: str) -> None:
    assert spoken_digits(spell(digits, "zh")) == digits


@given(st.text(max_size=30))
def test_no_text_breaks_a_slot(text: str) -> None:
    for kind in AskKind:
        value = normalise(kind, text)
        assert value is None or value
