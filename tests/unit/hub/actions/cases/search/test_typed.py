"""What is typed decides how it is looked for."""

from __future__ import annotations

import pytest

from channels.address import email, phone
from hub.actions.cases.search.typed import MAX_TYPED, FoundBy, looks


def ways(typed: str) -> list[tuple[str, ...]]:
    """By what, and with what."""
    return [
        (way.by, way.number, *(a.value for a in way.addresses), *(v for _, v in way.keys), *way.words)
        for way in looks(typed)
    ]


@pytest.mark.parametrize("typed", ["26113000001288", "261130 0000 1288", " ２６１１３０-00001288 "])
def test_fourteen_digits_are_a_case_number(typed: str) -> None:
    assert ways(typed) == [("number", "26113000001288")]


def test_six_digits_end_a_case_number_and_four_a_telephone_and_both_may_be_words() -> None:
    assert ways("001288") == [("number", "", "001288"), ("words", "", "001288")]
    assert ways("8000") == [("tail", "", "8000"), ("words", "", "8000")]


@pytest.mark.parametrize("typed", ["13800138000", "138 0013 8000", "+86 138-0013-8000", "0086 13800138000"])
def test_a_telephone_is_one_in_every_spelling(typed: str) -> None:
    assert looks(typed)[0].addresses == (phone("13800138000"),)


def test_a_mail_address_is_one() -> None:
    assert looks("Zhang@Example.com")[0].addresses == (email("zhang@example.com"),)


def test_everything_else_is_first_a_name_and_then_words() -> None:
    assert ways("张三丰") == [("name", "", "张三丰"), ("words", "", "张三丰")]
    assert ways("买买提·艾力") == [("name", "", "买买提艾力"), ("words", "", "买买提", "艾力")]
    assert ways("张") == [("words", "", "张")]


def test_of_several_words_each_may_be_something_else_and_all_of_them_count() -> None:
    assert ways("张三丰 噪声") == [
        ("name", "", "张三丰噪声"),
        ("name", "", "张三丰", "噪声"),
        ("name", "", "噪声", "张三丰"),
        ("words", "", "张三丰", "噪声"),
    ]
    assert ("tail", "", "8000", "噪声") in ways("8000 噪声")


def test_nothing_is_no_search_and_what_is_long_is_cut() -> None:
    assert looks("") == looks("  ") == []
    assert looks("噪" * 500)[-1].words == ("噪" * MAX_TYPED,)
    assert len(looks("一一 二二 三三 四四 五五 六六 七七")) <= 8
    assert looks("？！")[0].by is FoundBy.WORDS
