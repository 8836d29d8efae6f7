"""What a word of the list is worth where the meaning of the text shows nothing."""

from __future__ import annotations

import pytest

from hub.actions.dialogue.verdict import Danger
from hub.actions.dialogue.word_of_danger import worth
from knowledge_base.meaning.safety import NOTHING_SHOWN, Judgement, Level

WORTH = [
    (Danger(("火灾",)), "火灾演练什么时候", Level.NONE),
    (Danger(("救命",)), "救命作业写不完", Level.POSSIBLE),
    (Danger(("救命",)), "救命这里出车祸了", Level.SURE),
    (Danger(("跳楼",)), "我想跳楼", Level.POSSIBLE),
    (Danger(("跳楼",)), "有人想跳楼怎么劝", Level.NONE),
    (Danger(("翻船",), own=True), "翻船了吧你", Level.POSSIBLE),
    (Danger(("炸",), threat=True), "我要炸了你们", Level.SURE),
    (Danger(("杀了他",), threat=True), "加班加到疯真想杀了他", Level.POSSIBLE),
    (Danger(("杀了她",), threat=True), "恨不得一刀杀了她", Level.POSSIBLE),
    (Danger(("杀了他",), threat=True), "我要杀了他", Level.SURE),
    (Danger(("杀了他",), threat=True), "真想杀了他我要杀了他全家", Level.SURE),
    (Danger(("杀了他",), threat=True), "真想杀了他我手里拿着刀呢", Level.SURE),
]


@pytest.mark.parametrize(("verdict", "folded", "level"), WORTH)
def test_a_word_alone(verdict: Danger, folded: str, level: Level) -> None:
    assert worth(verdict, NOTHING_SHOWN, folded) is level


def test_a_wish_in_a_text_that_surely_tells_of_danger_is_sure() -> None:
    verdict = Danger(("杀了他",), threat=True)
    assert worth(verdict, Judgement(danger=Level.SURE), "真想杀了他") is Level.SURE


@pytest.mark.parametrize("judged", [Judgement(danger=Level.POSSIBLE), Judgement(accusation=Level.POSSIBLE)])
def test_a_word_in_a_text_that_tells_of_something_is_sure(judged: Judgement) -> None:
    assert worth(Danger(("火灾",)), judged, "火灾") is Level.SURE
