"""Templates of other platforms in our writing."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.outbox.delivery import MessageClass
from hub.model.departments.foreign_template import class_named, our_text, parts_of


@pytest.mark.parametrize(
    ("foreign", "ours"),
    [
        ("您的{1}已办好，请{2}前领取", "您的{1}已办好，请{2}前领取"),
        ("${name}您好，验证码${ code }", "{name}您好，验证码{code}"),
        ("#NAME#您好，#1#号窗口", "{NAME}您好，{1}号窗口"),
        ("%s您好，共%d件，50%的费用", "{1}您好，共{2}件，50%的费用"),
        ("{}您好，{}", "{1}您好，{2}"),
        ("${姓名}您好，请${姓名}于{日期}来", "{1}您好，请{1}于{2}来"),
        ("{1}和%s", "{1}和{2}"),
        ("没有变量，价格#8元", "没有变量，价格#8元"),
    ],
)
def test_places_are_written_our_way(foreign: str, ours: str) -> None:
    found = our_text(foreign)
    assert found is not None
    assert found.text == ours


@pytest.mark.parametrize("foreign", ["{name", "name}", "{{name}}", "{a{b}"])
def test_a_brace_that_is_no_place_is_refused(foreign: str) -> None:
    assert our_text(foreign) is None


def test_lines_are_joined_and_it_is_said() -> None:
    found = our_text("您好：\n  请于%s办理\n")
    assert found is not None
    assert (found.text, found.renamed, found.joined) == ("您好： 请于{1}办理", True, True)


@given(st.text(st.sampled_from("a1名{}$#%s \n"), max_size=30))
def test_whatever_stands_there_only_our_places_are_left(foreign: str) -> None:
    found = our_text(foreign)
    if found is not None:
        assert not re.search(r"[{}\n]", re.sub(r"\{[A-Za-z0-9_]{1,30}\}", "", found.text))


def test_parts_are_counted_with_values_and_signature() -> None:
    assert (parts_of("字" * 60, "公安"), parts_of("字" * 61 + "{a}", "公安")) == (1, 2)


@pytest.mark.parametrize(
    ("word", "message_class"),
    [("", MessageClass.N), ("e1", MessageClass.E1), ("普法", MessageClass.L), ("会员营销", None)],
)
def test_a_class_is_known_by_letter_or_word(word: str, message_class: MessageClass | None) -> None:
    assert class_named(word) is message_class
