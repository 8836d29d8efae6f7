"""Who asks how his own case will end, and who asks what the law says."""

from __future__ import annotations

import pytest

from hub.actions.dialogue.own_outcome import asks_own_outcome
from hub.actions.dialogue.verdict import ToPerson
from hub.model.track import Track
from knowledge_base.files.importer import shipped
from knowledge_base.text.utterance import Utterance
from tests.unit.hub.actions.dialogue.test_triage import triage

OWN = [
    "我儿子偷了一辆电瓶车卖了八百块会判几年",
    "我这个案子你说能不能判缓刑",
    "我哥被抓了这种情况能不能判缓刑",
    "我弟把人打成轻伤要判多久",
    "我爸骗了人家二十万能判几年",
    "我朋友卖卡被抓了构不构成犯罪",
    "我老公这种情況會不會判緩刑",
]

GENERAL = [
    "诈骗罪判几年",
    "骗了十万要判几年",
    "撞了人跑了会判几年",
    "帮信罪会判多久",
    "我老公酒驾被抓了第一次会拘留吗",
    "我弟取保候审快一年了会不会判",
    "双方和解了还会判吗",
    "我国盗窃罪怎么判",
    "我想问缓刑能去外地旅游吗",
    "我欠钱不还算不算诈骗",
    "我被刑拘了三十天了会不会批捕",
]


@pytest.mark.parametrize("text", OWN)
def test_how_a_case_of_ones_own_ends_is_no_question_for_an_entry(text: str) -> None:
    assert asks_own_outcome(Utterance(text).folded)
    assert triage(text) == ToPerson(Track.CONSULT)


@pytest.mark.parametrize("text", GENERAL)
def test_what_the_law_says_in_general_is(text: str) -> None:
    assert not asks_own_outcome(Utterance(text).folded)


def test_no_shipped_wording_asks_how_a_case_of_ones_own_ends() -> None:
    wordings = [text for entry in shipped() for text in (*entry.wordings, *entry.tests)]
    assert [text for text in wordings if asks_own_outcome(Utterance(text).folded)] == []
