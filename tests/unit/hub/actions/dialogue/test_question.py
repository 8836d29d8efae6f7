"""What is a question and what only looks like one, in the ways people write."""

from __future__ import annotations

import pytest

from hub.actions.dialogue.question import asks
from knowledge_base.text.utterance import Utterance

QUESTIONS = """
身份证丢了怎么补办
身份證丟了怎麼補辦
驾照到期咋换
护照掉了咋整
办居住证要啥
落户要啥材料啊
这个事找谁
出生证明上哪开
签注在哪儿办
户口本哪天能拿
拿证要多久
多長時間能拿到
补办多少钱
换证要几天
周六几点上班
几个工作日能出来
要不要本人去
这样行不行
身份证异地能办不
身份证异地能办不啊
我的证件好了没
证件做好了没有
可以代领么
可以代领嘛
港澳通行證可唔可以代辦
点样申请居住证
去边度办身份证
开证明要几多钱
啷个办身份证
办身份证要好多钱
身份证哪能办
身份证安怎办
迁户口是去派出所还是去政务中心
无犯罪记录证明想咨询一下
请问居住证续签
是否需要预约
能否邮寄
那我孩子呢
为何被退回
凭什么扣我分
骑电动车不戴头盔扣分不?
电动车上牌有没有时间限制
有没地方可以拍照
派出所电话
how do I renew my licence
can I apply online
zenme ban shenfenzheng
养狗办证需不需要打疫苗
居住证有冇得网上办
"""

TOLD = """
楼下烧烤店每天深夜占道经营没有人管
我家门口的路灯坏了三天，晚上看不清路，老人摔了一跤
是建设路十二号门口的那一盏，旁边还有一盏也快不亮了
打了三次都没人接什么都没有说
报了案到现在还没
他们谁都不管
怎么都打不通
对门动不动就打孩子骂老人
时不时有人来敲门
我去了三趟还是没办成
跑了三趟去派出所还是没办成
不知道是谁把我的车划了
天哪这也太吵了
半夜唱歌的没完没了
也没什么大事就是太吵
被骗了好多钱
窗口的人就这么走了
昨天晚上小区停车场又有人划车
已经等了几天了
我要反映小区门口占道停车
天天有人给我打骚扰电话
他们说了就可以了
坏了多久了都没人修
show them the video
"""


@pytest.mark.parametrize("text", QUESTIONS.strip().splitlines())
def test_is_a_question(text: str) -> None:
    assert asks(Utterance(text).folded)


@pytest.mark.parametrize("text", TOLD.strip().splitlines())
def test_is_none(text: str) -> None:
    assert not asks(Utterance(text).folded)


def test_a_question_in_a_subject_above_a_text_is_one() -> None:
    assert asks(f"{Utterance('能办不').folded}|{Utterance('身份证').folded}")
