"""Cries of few characters, as people write them, and what looks like them and is none, by words alone.

None of these sentences is one that the models were fitted to.
"""

from __future__ import annotations

import pytest

from knowledge_base.meaning.grams import patterns_in
from knowledge_base.meaning.safety import Level, shipped_safety
from knowledge_base.text.utterance import Utterance

CRIES = """
被绑架了
有人溺水
孩子走失
我被尾随了
我被人囚禁
学校着火
被拐卖了
有人坠楼
同学晕倒
奶奶走丢了
电梯里困人了
老板非法拘禁我们
我想从桥上跳下去
我陷在传销窝里出不来
保姆抱走孩子后电话关机
he has a gun help
she is not breathing
they locked me inside
I want to die
jiu ming ta na dao
""".strip().splitlines()

NONE = """
电梯困人怎么办才规范，写培训材料
非法拘禁怎么认定
电影里的孩子走失了
有人溺水怎么预防
梦见被绑架
着火了怎么自救，手抄报用
跳楼机几点开
保姆带孩子去打疫苗了
防走失手环哪里领
传销罪判几年
how to get a visa
is it illegal to carry a knife
where is the police station
hu zhao zen me ban
""".strip().splitlines()


def danger(text: str) -> Level:
    return shipped_safety().judge([Utterance(text).folded], [None]).danger


def test_nearly_all_short_cries_are_flagged() -> None:
    missed = [text for text in CRIES if danger(text) is Level.NONE]
    assert len(missed) <= 0.1 * len(CRIES), missed


def test_what_only_looks_like_them_is_never_sure_and_hardly_flagged() -> None:
    assert [text for text in NONE if danger(text) is Level.SURE] == []
    assert len([text for text in NONE if danger(text) is not Level.NONE]) <= 1


@pytest.mark.parametrize("text", ["被人劫持", "孩子 不见了！！", "快 有人晕倒", "老人失踪"])
def test_a_cry_that_is_all_of_a_text_is_a_pattern_of_its_own(text: str) -> None:
    assert "#danger.cry" in patterns_in(Utterance(text).folded)


@pytest.mark.parametrize("text", ["被人劫持的电影", "钥匙不见了", "晕倒急救常识", "老人失踪多久能立案"])
def test_and_with_anything_beside_it_not(text: str) -> None:
    assert "#danger.cry" not in patterns_in(Utterance(text).folded)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("派出所和偷车的合伙分钱", "#accusation.colludes"),
        ("打了五遍110都没人来", "#accusation.nobody_came"),
        ("怎么投诉民警", "#neither.asks_how_to_complain"),
        ("有人冒充警察收钱", "#neither.fake_police"),
        ("民警说这个归社保局管", "#neither.sent_on"),
    ],
)
def test_ways_of_telling_of_police_are_seen(text: str, name: str) -> None:
    assert name in patterns_in(Utterance(text).folded)
