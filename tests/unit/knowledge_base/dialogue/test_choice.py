"""What people answer to numbered choices."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.dialogue.choice import NoneOfThem, Picked, Unclear, choose, is_bare_number

OFFERED = ("身份证丢失后怎么补领？", "身份证到期怎么换领？", "临时身份证怎么办理？")


@pytest.mark.parametrize(
    "text",
    [
        *("2", "２", " 2 ", "2.", "２、", "(2)", "②", "❷", "2️⃣", "Ⅱ", "2号", "2吧", "2谢谢", "no. 2"),
        *(
            "二",
            "贰",
            "两",
            "第二",
            "第二个",
            "第二條",
            "第 2 条",
            "第2条",
            "第二项吧",
            "第2个嘛",
            "选2",
            "选择第二个",
        ),
        *("我选二", "回复2", "我要第二个谢谢", "就第二个吧", "the second one", "Two"),
        *(
            "换领",
            "换领的",
            "我问的是换领",
            "到期换领",
            "身份证到期怎么换领",
            "2、身份证到期怎么换领？",
            "身份證到期怎麼換領",
        ),
    ],
)
def test_the_second_choice_however_it_is_written(text: str) -> None:
    assert choose(text, OFFERED) == Picked(2)


@pytest.mark.parametrize(
    "text",
    [
        "都不是",
        "没有",
        "其他",
        "以上都不是",
        "都不对",
        "不是",
        "没有我要的",
        "都不是我要问的",
        "别的",
        "none of these",
        "0",
    ],
)
def test_none_of_them(text: str) -> None:
    assert choose(text, OFFERED) == NoneOfThem()


@pytest.mark.parametrize("text", ["7", "1和3", "第一个和第二个", "都要", "是的", "15"])
def test_a_number_that_points_at_nothing_is_asked_for_again(text: str) -> None:
    assert choose(text, OFFERED) == Unclear()


@pytest.mark.parametrize(
    "text",
    [
        "户口怎么迁",
        "护照",
        "110",
        "身份证",
        "身份证怎么办",
        "换领身份证要什么材料",
        "转人工",
        "救命",
        "",
        "！？",
    ],
)
def test_anything_else_is_no_choice(text: str) -> None:
    assert choose(text, OFFERED) is None


def test_yes_is_enough_where_one_was_offered() -> None:
    assert choose("是的", OFFERED[:1]) == Picked(1)
    assert choose("最后一个", OFFERED) == Picked(3)


def test_of_two_with_the_same_words_the_first_is_as_good() -> None:
    assert choose("怎么办理", ("怎么办理", "怎么办理")) == Picked(1)


def test_a_bare_number_is_known_without_anything_offered() -> None:
    assert is_bare_number("第2个")
    assert not is_bare_number("2个孩子怎么上户口")
    assert not is_bare_number("110")


@given(st.text(max_size=2000))
def test_whatever_is_written_it_is_a_choice_within_bounds_or_none(text: str) -> None:
    choice = choose(text, OFFERED)
    assert choice is None or isinstance(choice, NoneOfThem | Unclear) or 1 <= choice.number <= 3


def test_a_text_of_a_megabyte_takes_no_time() -> None:
    assert choose("二" * 1_000_000, OFFERED) is None
