"""Questions typed in pinyin, and what only looks like it."""

import pytest

from tests.shipped import SNAPSHOT


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("shenfenzheng diule", "身份证丢了"),
        ("hu zhao dao qi le", "护照到期了"),
        ("Wufanzui zhengming zai na kai", "无犯罪证明在哪开"),
        ("xi'an hukou", "西安户口"),
        ("gangao通行证 多久能拿到", "港澳通行证 多久能拿到"),
        ("gang ao tong xing zheng", "港澳通行证"),
    ],
)
def test_pinyin_is_written_out(typed: str, meant: str) -> None:
    assert SNAPSHOT.written(typed) == meant


@pytest.mark.parametrize(
    "text",
    [
        *("how can I extend my visa", "what can I do", "hello", "haha", "OK", "", "身份证丢了", "🙂"),
        *("用wifi上网", "12123 app打不开", "京A12345", "我的QQ被盗", "iPhone丢了"),
    ],
)
def test_what_is_no_pinyin_stays(text: str) -> None:
    assert SNAPSHOT.written(text) == text


def test_a_text_too_long_for_a_question_stays() -> None:
    text = "shenfenzheng " * 100
    assert SNAPSHOT.written(text) == text
