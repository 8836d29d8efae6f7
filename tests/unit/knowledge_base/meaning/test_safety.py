"""The shipped models of danger and accusations, by words alone: every process has those.

The sentences here are none that the models were fitted to.
"""

from __future__ import annotations

import pytest

from knowledge_base.meaning.grams import grams, patterns_in
from knowledge_base.meaning.safety import Judgement, Level, read, shipped_safety, stored
from knowledge_base.meaning.windows import windows
from knowledge_base.text.utterance import Utterance

DANGERS = """
他把我按在地上掐我脖子，手机是偷偷拿的
妈妈把煤气打开了不让我们出去
我站在天桥栏杆外面，风好大
有人拿着刀在小区门口追人
孩子掉进鱼塘里了捞不上来
刚刚按客服说的把八万块转过去了，现在电话打不通
我被他们关在宿舍里，身份证手机都收走了
隔壁一直有女人在喊救命还有摔东西的声音
奶奶喝了农药，嘴里吐白沫
后面那辆车跟了我三条街，我不敢回家
前男友在楼下砸门说今天弄死我
电梯停在半路，里面有个孕妇喘不上气
""".strip().splitlines()

HARMLESS = """
请问护照过期了怎么换
昨晚看的电影里主角被人追杀，太好看了
消防演练什么时候到我们学校
我想问一下打架一般怎么处罚
身份证丢了在外地能补办吗
居住证签注要带什么材料
谢谢你们上次帮我找回孩子
小说里写女主跳河那段是真的吗
电动车上牌要多少钱
家里的狗证要每年审吗
网上买的防身喷雾违法吗
车管所周末上班吗
""".strip().splitlines()

ACCUSATIONS = """
办案的民警收了对方两万块钱就把人放了
派出所把我铐了一夜，还扇我耳光
报了三次案都不给立，说这点钱不值得查
交警罚了我五百现金，连张票都没有
""".strip().splitlines()

MENTIONS = """
派出所几点下班
感谢东街派出所的民警帮我找到钱包
想考警察需要什么条件
今天有民警来学校给我们上安全课
""".strip().splitlines()


TRADITIONAL = str.maketrans("门刚块转电话关证机声药车条楼气妈们", "門剛塊轉電話關證機聲藥車條樓氣媽們")


def judged(text: str) -> Judgement:
    folded = [Utterance(window).folded for window in windows(Utterance(text).simplified)]
    return shipped_safety().judge(folded, [None] * len(folded))


def test_most_dangers_are_found_and_hardly_a_harmless_text_is_taken_for_one() -> None:
    found = [text for text in DANGERS if judged(text).danger is not Level.NONE]
    wrong = [text for text in HARMLESS if judged(text).danger is not Level.NONE]
    assert len(found) >= 0.8 * len(DANGERS)
    assert len(wrong) <= 0.1 * len(HARMLESS)


def test_police_doing_wrong_is_told_apart_from_police_being_mentioned() -> None:
    assert all(judged(text).accusation is not Level.NONE for text in ACCUSATIONS)
    assert all(judged(text).accusation is Level.NONE for text in MENTIONS)


@pytest.mark.parametrize("text", DANGERS)
def test_a_traditional_text_is_judged_like_its_simplified_form(text: str) -> None:
    assert judged(text.translate(TRADITIONAL)) == judged(text)


@pytest.mark.parametrize("text", ["", "1", "？？", "12345678901234"])
def test_nothing_that_can_be_read_is_no_danger(text: str) -> None:
    assert judged(text).danger is not Level.SURE


def test_models_read_back_judge_the_same() -> None:
    again = read(stored(shipped_safety()))
    for text in (*DANGERS, *HARMLESS):
        folded = [Utterance(text).folded]
        assert again.judge(folded, [None]) == shipped_safety().judge(folded, [None])


def test_a_pattern_sees_what_stands_apart() -> None:
    assert "#danger.weapon" in patterns_in("他拿着一把很长的刀")
    assert "#danger.weapon" not in patterns_in("他拿着一本书")
    assert grams("刀刀") == ["刀", "刀", "刀刀"]
