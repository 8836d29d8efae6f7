"""What never takes a flag of danger away: how a text is written, and what politely or idly stands round it.

Over every shipped sentence that tells of danger, by words alone: each process has those.
"""

from __future__ import annotations

from functools import cache

import pytest

from knowledge_base.meaning.safety import Judgement, Level, shipped_safety
from knowledge_base.meaning.windows import windows
from knowledge_base.measure.safety_fit import read_sentences
from knowledge_base.text.tables import data_text
from knowledge_base.text.utterance import Utterance
from tests.unit.knowledge_base.text.traditional import FIRST, LAST

pytestmark = pytest.mark.xdist_group("safety")  # all are judged once

TOLD = [one.text for one in read_sentences(data_text("safety/sentences.psv")) if one.label == "danger"]
IDLE = "身份证到期换领要带什么材料，周六上午能不能办。护照和港澳通行证可以一起办吗，要不要提前预约。" * 7
"""Some 300 characters that tell of nothing."""


@cache
def judged(text: str) -> Judgement:
    folded = [Utterance(window).folded for window in windows(Utterance(text).simplified)]
    return shipped_safety().judge(folded, [None] * len(folded))


@pytest.fixture(scope="module")
def flagged() -> list[str]:
    return [text for text in TOLD if judged(text).danger is not Level.NONE]


def test_nearly_all_of_them_are_flagged_and_what_is_put_round_them_is_not(flagged: list[str]) -> None:
    assert len(flagged) > 0.9 * len(TOLD)
    assert len(IDLE) >= 300
    assert all(judged(text).danger is Level.NONE for text in (IDLE, "谢谢", "你好，请问", "谢谢你们，麻烦了"))


@pytest.mark.parametrize("before", ["谢谢，", "你好，", "您好", "请问 ", "Hello, ", "喂，你好！在吗？"])
def test_what_stands_before_it_never_takes_the_flag_away(flagged: list[str], before: str) -> None:
    assert [text for text in flagged if judged(before + text).danger is Level.NONE] == []


def test_neither_does_a_long_idle_text(flagged: list[str]) -> None:
    assert [text for text in flagged[::20] if judged(IDLE + text).danger is Level.NONE] == []


@pytest.mark.parametrize(
    "after", ["谢谢", "，谢谢你们", "。麻烦了！", "。多谢多谢", " thanks", "，拜托了。辛苦了"]
)
def test_what_stands_after_it_never_takes_the_flag_away(flagged: list[str], after: str) -> None:
    assert [text for text in flagged if judged(text + after).danger is Level.NONE] == []


@pytest.mark.parametrize("written", [FIRST, LAST])
def test_a_text_and_its_traditional_form_are_judged_alike(written: dict[int, str]) -> None:
    assert [text for text in TOLD if judged(text.translate(written)) != judged(text)] == []
