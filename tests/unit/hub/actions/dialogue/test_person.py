"""Who wants a person, however often he says it."""

from __future__ import annotations

import time

import pytest

from hub.actions.dialogue.person import wants_person
from knowledge_base.text.utterance import Utterance


@pytest.mark.parametrize(
    "text", ["转人工", "帮我转人工", "请帮我接一个人工客服谢谢", "能不能给我找个人", "我要真人来处理吧"]
)
def test_a_wish(text: str) -> None:
    assert wants_person(Utterance(text), ())


@pytest.mark.parametrize("text", ["有人吗", "帮我查一下违章", "路灯没人修"])
def test_no_wish(text: str) -> None:
    assert not wants_person(Utterance(text), ())


@pytest.mark.parametrize("piece", ["帮我", "一个", "能不能", "给我", "有没有", "找个人"])
def test_a_wish_said_over_and_over_takes_no_time(piece: str) -> None:
    """帮我帮我帮我… once held the event loop for ever: it could be read in 2^n ways."""
    began = time.process_time()
    wants_person(Utterance(piece * 500), ())
    assert time.process_time() - began < 0.5
