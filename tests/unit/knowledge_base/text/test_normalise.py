import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.text.normalise import MAX_CHARS, normalise

SPOKEN = st.text(
    alphabet="嗯那个请问你好一二三八九十幺零两0129，。！ abＡＢ驾駕照證证丢吗就是一下", max_size=40
)


@given(st.text(max_size=80))
def test_only_han_characters_latin_letters_and_digits_are_left(text: str) -> None:
    assert all(
        c in "0123456789abcdefghijklmnopqrstuvwxyz" or "\u3400" <= c <= "\u9fff" for c in normalise(text)
    )


@given(st.one_of(st.text(max_size=80), SPOKEN))
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(st.text(min_size=0, max_size=2000))
def test_a_long_text_is_cut(text: str) -> None:
    assert len(normalise(text)) <= MAX_CHARS


@given(SPOKEN)
def test_case_width_and_punctuation_make_no_difference(text: str) -> None:
    assert normalise(text.upper()) == normalise(text) == normalise(text.replace("a", "ａ"))
    assert normalise("？" + text + "。") == normalise(text)


def test_traditional_characters_become_simplified_ones() -> None:
    assert normalise("駕駛證遺失如何補辦") == "驾驶证遗失如何补办"
    assert normalise("戶口遷移與護照換發") == "户口迁移与护照换发"


def test_openers_and_fillers_are_dropped() -> None:
    assert normalise("您好，我想问一下，嗯那个身份证丢了怎么补呢？谢谢") == "身份证丢了怎么补"


def test_a_filler_that_appears_when_another_is_taken_out_is_dropped_too() -> None:
    assert normalise("那嗯个身份证") == "身份证"


def test_spoken_digits_become_digits() -> None:
    assert normalise("幺二三八九是什么") == "12389是什么"
    assert normalise("一二幺幺零") == "12110"
    assert normalise("记满十二分") == "记满12分"
    assert normalise("满十六岁，二十天，三十五元") == "满16岁20天35元"


def test_words_with_a_number_character_stay_words() -> None:
    assert normalise("十分着急") == "十分着急"
    assert normalise("一个人") == "一个人"


def test_only_punctuation_and_politeness_leave_nothing() -> None:
    assert normalise("？！…… 👍") == ""
    assert normalise("你好，谢谢！") == ""


@pytest.mark.parametrize(
    "text",
    ["疲劳驾驶", "申请教师资格", "申请问题", "他的话费", "成就是什么", "一下子", "干嘛", "喂母乳", "营业额"],
)
def test_a_filler_within_a_word_stays(text: str) -> None:
    assert normalise(text) == text
