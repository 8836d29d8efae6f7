import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.text.numeral import numerals


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("幺二三八九", "12389"),
        ("二十五", "25"),
        ("十二分", "12分"),
        ("十天", "10天"),
        ("一百二", "120"),
        ("一百零五", "105"),
        ("三千五百", "3500"),
        ("一万二千", "12000"),
        ("2型", "二型"),
        ("c1", "c1"),
        ("15天", "15天"),
    ],
)
def test_numbers_have_one_form(said: str, written: str) -> None:
    assert numerals(said) == written


@pytest.mark.parametrize("word", ["十分", "一般", "万一", "千万别", "百姓", "三角", "十"])
def test_a_word_that_holds_a_number_character_stays(word: str) -> None:
    assert numerals(word) == word


@given(st.text("零〇幺一二两三四五六七八九十百千万0123456789a岁", max_size=60))
def test_any_mixture_of_numbers_is_read(text: str) -> None:
    assert numerals(text).isascii() or numerals(text)
