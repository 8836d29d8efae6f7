"""What adds to a case and what is new."""

from __future__ import annotations

import pytest

from hub.actions.intake.same_matter import Matter, is_new, matter_of

KNOWN = "楼下烧烤店每天深夜占道经营没有人管"


@pytest.mark.parametrize(
    ("text", "matter"),
    [
        ("还有一件事，小区健身器材断裂很久扎伤居民", Matter.NEW),
        ("另外反映一个问题，村口水库没有护栏很危险", Matter.NEW),
        ("換個事，村口水庫沒有護欄暑假孩子常去玩水", Matter.NEW),
        ("补充一个情况，油烟也很大，窗户都不敢开着", Matter.SAME),
        ("烧烤店昨天晚上又闹到三点钟，全楼睡不着觉", Matter.SAME),
        ("他昨天晚上又来了，全楼的人都睡不着觉啊", Matter.SAME),
        ("都睡不着", Matter.SAME),
        ("小区健身器材断裂很久扎伤老年居民手臂", Matter.UNSURE),
    ],
)
def test_what_a_text_is_to_the_open_case(text: str, matter: Matter) -> None:
    assert matter_of(text, KNOWN) is matter


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("是", True),
        ("1", True),
        ("是新的事情", True),
        ("不是", False),
        ("2", False),
        ("是補充", False),
        ("A new matter", True),
        ("An addition", False),
        ("身份证", None),
    ],
)
def test_what_is_answered_to_our_question(text: str, answer: bool | None) -> None:
    assert is_new(text) is answer
