"""Who asks for data about another person, and who asks about his own."""

from __future__ import annotations

import pytest

from hub.actions.dialogue.about_others import asks_about_others
from knowledge_base.text.utterance import Utterance

OTHERS = """
怎么查别人的身份证号
能不能帮我查一下前妻现在的住址
帮我定位一下我老公的手机位置
查一个人住在哪里
可以查别人的开房记录吗
我想知道我女朋友的开房记录
查一下这个车牌的车主信息
車主是誰可以查嗎
这个手机号码是谁的
给我查某个人的户籍信息
老赖欠我钱你们告诉我他住在哪
知道车牌号怎么查到人
网友的真实姓名能查吗
怎么查对方有没有案底
相亲对象有没有前科能查吗
他的行踪能查到吗
通过身份证号查一下他的家庭地址
前妻的住址
能调取邻居的通话记录吗
我想查我老婆的出入境记录
"""

OWN = """
身份证丢了怎么补办
我的身份证号是多少
我老婆名下有车我能上牌吗
我老公住在外地怎么办居住证
我的住址变了身份证要换吗
怎么查自己的违章记录
无犯罪记录证明怎么开
我老公身份证丢了怎么补办
孩子的户口怎么迁
捡到别人的身份证怎么办
别人冒用我的身份证号注册公司怎么办
我妈走丢了能定位她的手机吗
孩子离家出走能查他的住宿记录吗
前面的车堵住我车库了能联系车主吗
房东要复印我的身份证合法吗
租客住进来要登记什么
有人泄露我的家庭住址怎么办
朋友来住酒店没带身份证怎么办
租房子给别人要登记身份证吗
老婆的户口在外地能迁过来吗
怎么查我的开房记录
我的手机号码被人拿去注册了
别人把我车撞了跑了车牌看不清
查询编号是多少
车牌号怎么选
派出所地址在哪里
"""


@pytest.mark.parametrize("text", OTHERS.strip().splitlines())
def test_asks_for_data_about_another(text: str) -> None:
    assert asks_about_others(Utterance(text).folded)


@pytest.mark.parametrize("text", OWN.strip().splitlines())
def test_asks_for_something_of_his_own(text: str) -> None:
    assert not asks_about_others(Utterance(text).folded)
