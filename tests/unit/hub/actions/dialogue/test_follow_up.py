"""Questions that only make sense after an answer, and several in one text."""

from __future__ import annotations

import pytest

from hub.actions.dialogue.follow_up import asked_aspect, other_case, questions_in
from knowledge_base.entry import Aspect


@pytest.mark.parametrize(
    ("text", "aspect"),
    [
        ("要带什么材料", Aspect.MATERIALS),
        ("那需要带啥证件呢？", Aspect.MATERIALS),
        ("材料有哪些", Aspect.MATERIALS),
        ("要照片吗", Aspect.MATERIALS),
        ("多久", Aspect.TIME),
        ("要多久能拿到", Aspect.TIME),
        ("幾天能拿到證", Aspect.TIME),
        ("什么时候能办好", Aspect.TIME),
        ("多少钱", Aspect.FEE),
        ("要钱吗", Aspect.FEE),
        ("收费吗", Aspect.FEE),
        ("哪里办", Aspect.PLACE),
        ("去哪办啊", Aspect.PLACE),
        ("那在哪里可以办理", Aspect.PLACE),
        ("网上能办吗", Aspect.ONLINE),
        ("可以在手机上办不", Aspect.ONLINE),
        ("能代办吗", Aspect.PROXY),
        ("必须本人去吗", Aspect.PROXY),
        ("可以让我老公代办吗", Aspect.PROXY),
        ("能叫我妈代领不", Aspect.PROXY),
        ("外地能办吗", Aspect.ELSEWHERE),
        ("护照多少钱", None),
        ("身份证在哪里办", None),
        ("谢谢", None),
        ("路灯坏了多久了都没人来修理", None),
    ],
)
def test_what_is_asked_of_a_matter_nobody_names(text: str, aspect: Aspect | None) -> None:
    assert asked_aspect(text) is aspect


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("那我孩子呢", "我孩子"),
        ("那老人怎么办", "老人"),
        ("要是外地人呢？", "外地人"),
        ("A1呢", "a1"),
        ("如果是C1的话呢", "c1"),
        ("要多久", ""),
        ("那我家门口的路灯一直不亮到底什么时候有人来修呢", ""),
    ],
)
def test_for_whom_else(text: str, who: str) -> None:
    assert other_case(text) == who


@pytest.mark.parametrize(
    ("text", "questions"),
    [
        ("身份证丢了怎么补？港澳通行证怎么续签？", ["身份证丢了怎么补", "港澳通行证怎么续签"]),
        ("我身份证丢了，怎么补，要多久", ["我身份证丢了，怎么补", "要多久"]),
        ("身份证丢了怎么补 另外护照怎么办", ["身份证丢了怎么补", "护照怎么办"]),
        ("你好，身份证丢了怎么补，谢谢", ["你好，身份证丢了怎么补"]),
        ("楼下烧烤店每天深夜占道经营，没有人管", []),
    ],
)
def test_the_questions_of_a_text(text: str, questions: list[str]) -> None:
    assert list(questions_in(text)) == questions
