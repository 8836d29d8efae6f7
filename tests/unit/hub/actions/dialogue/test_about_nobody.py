"""What may be answered outside the compartment of an open report."""

from __future__ import annotations

import pytest

from hub.actions.dialogue.about_nobody import asks_about_nobody
from knowledge_base.text.utterance import Utterance


@pytest.mark.parametrize(
    "text", ["身份证丢了怎么补办", "護照怎麼換", "居住证要什么手续", "港澳通行证网上能续签吗"]
)
def test_tells_nothing_of_anybody(text: str) -> None:
    assert asks_about_nobody(Utterance(text).folded)


@pytest.mark.parametrize(
    "text",
    [
        "民警收黑钱怎么处理",
        "派出所几点上班",
        "他打我怎么办",
        "闽A12345是谁的车",
        "警号怎么查",
        "王某怎么还在上班",
        "收了三万块怎么追回",
        "我的举报怎么样了",
        "身份证丢了",
        "红包怎么退",
        "老李怎么没有被处理",
    ],
)
def test_may_be_part_of_the_report(text: str) -> None:
    assert not asks_about_nobody(Utterance(text).folded)
