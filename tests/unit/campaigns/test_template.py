"""Templates: nobody ever reads a brace."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns import template
from campaigns.errors import BadTemplate
from channels.contract import ChannelKind
from channels.outbox.delivery import MessageClass
from channels.parts import count


def test_a_known_name_takes_the_place_of_its_placeholder() -> None:
    assert template.render("{name|市民朋友}您好", {"name": "张三"}) == "张三您好"


@pytest.mark.parametrize("value", ["", "   ", "\n"])
def test_a_missing_or_blank_value_gives_the_fallback(value: str) -> None:
    assert template.render("{name|市民朋友}您好", {"name": value}) == "市民朋友您好"
    assert template.render("{city|本市}天气", {}) == "本市天气"


def test_a_value_with_braces_is_never_read_as_a_placeholder() -> None:
    assert template.render("{name|您}好", {"name": "{city|x}"}) == "{city|x}好"


def test_a_value_cannot_break_the_line_or_fill_the_message() -> None:
    rendered = template.render("{name|您}好", {"name": "张\n三" + "长" * 100})
    assert "\n" not in rendered
    assert len(rendered) <= 21


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "请填写内容"),
        ("   ", "请填写内容"),
        ("你好{name}", "缺少备用文字"),
        ("你好{name|}", "缺少备用文字"),
        ("你好{phone|您}", "不认识的变量"),
        ("你好{name|您", "没有成对"),
        ("你好name|您}", "没有成对"),
        ("你好{{name|您}}", "没有成对"),
        ("你好｛name|您｝", "半角花括号"),
        ("【某公安】你好", "签名"),
        ("你好，拒收请回复R", "自动加上"),
        ("字" * 501, "最多 500 字"),
    ],
)
def test_the_lint_says_what_is_wrong(text: str, word: str) -> None:
    assert any(word in problem for problem in template.problems(text))
    with pytest.raises(BadTemplate):
        template.render(text, {})


def test_the_lint_names_every_problem_at_once() -> None:
    assert len(template.problems("【x】{name}{phone|您}{")) == 4


@given(st.text(alphabet="{}|name city您a", max_size=30), st.text(max_size=30))
def test_what_passes_the_lint_renders_without_braces_of_its_own(text: str, name: str) -> None:
    if template.problems(text):
        return
    rendered = template.render(text, {"name": name.replace("{", "").replace("}", "")})
    assert "{" not in rendered
    assert "}" not in rendered


def test_law_education_by_text_carries_signature_and_the_way_to_refuse() -> None:
    marked = template.with_marks(
        "内容", kind=ChannelKind.SMS, message_class=MessageClass.L, signature="福建公安"
    )
    assert marked == "【福建公安】内容拒收请回复R"


def test_a_notice_carries_the_signature_only_and_mail_carries_neither() -> None:
    notice = template.with_marks("内容", kind=ChannelKind.SMS, message_class=MessageClass.N, signature="公安")
    mail = template.with_marks("内容", kind=ChannelKind.MAIL, message_class=MessageClass.L, signature="公安")
    assert (notice, mail) == ("【公安】内容", "内容")


@pytest.mark.parametrize(("characters", "parts"), [(64, 1), (65, 2)])
def test_the_signature_counts_in_the_parts(characters: int, parts: int) -> None:
    text = template.with_marks(
        "字" * characters, kind=ChannelKind.SMS, message_class=MessageClass.N, signature="福建公安"
    )
    assert count(text).parts == parts


def test_the_way_to_refuse_counts_in_the_parts() -> None:
    def parts(characters: int) -> int:
        marked = template.with_marks(
            "字" * characters, kind=ChannelKind.SMS, message_class=MessageClass.L, signature="福建公安"
        )
        return count(marked).parts

    assert (parts(58), parts(59)) == (1, 2)
