"""Which numbers stand first in the red panel, and who says that there is no emergency."""

from __future__ import annotations

import pytest

from hub.actions.dialogue.danger_kind import danger_kind, denies_danger
from hub.model.danger_kind import DangerKind
from knowledge_base.text.utterance import Utterance


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("救命，有人拿刀砍门", DangerKind.OTHER),
        ("他打我还问我要钱", DangerKind.OTHER),
        ("楼下着火了，楼道里全是烟", DangerKind.FIRE),
        ("老人晕倒了叫不醒", DangerKind.MEDICAL),
        ("环城路口出車禍了", DangerKind.TRAFFIC),
        ("刚给骗子转了三万", DangerKind.FRAUD),
        ("我不想活了", DangerKind.SUICIDE),
        ("她吃了一瓶安眠药没反应", DangerKind.SUICIDE),
        ("I want to kill myself", DangerKind.SUICIDE),
    ],
)
def test_the_kind_of_a_danger(text: str, kind: DangerKind) -> None:
    assert danger_kind(Utterance(text).folded) is kind


@pytest.mark.parametrize("text", ["这不是紧急情况", "不是紧急情况。", "没有危险", "This is not an emergency"])
def test_a_denial(text: str) -> None:
    assert denies_danger(Utterance(text).folded)


@pytest.mark.parametrize(
    "text", ["这不是紧急情况吗，他要杀我", "不是，有人拿刀", "没有危险品运输证怎么办", ""]
)
def test_what_says_more_is_no_denial(text: str) -> None:
    assert not denies_danger(Utterance(text).folded)
