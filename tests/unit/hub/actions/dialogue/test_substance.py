"""What a person could work on, and what is nothing."""

from __future__ import annotations

import pytest

from hub.actions.dialogue.substance import has_substance
from knowledge_base.dialogue.small_talk import SmallTalk
from knowledge_base.text.utterance import Utterance

TALK = SmallTalk()


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "谢谢",
        "嗯",
        "",
        "？？？",
        "👍👍",
        "asdf",
        "13800138000",
        "闽A12345",
        "车牌号闽AD12345",
        "<script>alert(1)</script>",
        "<script>alert('你好')</script>",
        "<img src=x onerror=alert(1)>",
        "' OR 1=1 --",
        "{{7*7}}",
    ],
)
def test_is_nothing(text: str) -> None:
    assert not has_substance(Utterance(text), TALK)


@pytest.mark.parametrize(
    "text",
    [
        "打人",
        "闽A12345乱停车",
        "楼下烧烤店每天深夜占道经营没有人管",
        "noise complaint",
        "my bike was stolen",
        "wo de shen fen zheng diu le",
        "shenfenzhengdiule",
        "路灯坏了<br>很黑",
    ],
)
def test_is_something(text: str) -> None:
    assert has_substance(Utterance(text), TALK)
