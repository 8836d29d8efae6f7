"""Whether a text asks for advice nobody here gives: what to buy, where it is cheap, how to have fun
(水果刀哪种好, 春节去哪里看烟花). It often names what an entry is about (管制刀具, 烟花爆竹) and asks for
something else.
"""

import re

_BETTER = "好(?![办补换领查过考])|便宜|划算|实惠|靠谱|好看|好玩|好吃"
_ADVICE = re.compile(
    "哪(?:家|款|种|个|里|儿)?(?:的|个)?(?:牌子|品牌|驾校|城市|地方)?(?:比较|最|更|卖得|买)?"
    f"(?:{_BETTER})"
    "|什么(?:牌子|品牌)|推荐(?:一下|一个|一款|一家|一部|几个|个|下|点)|值多少钱|[起取](?:个)?什么(?:好)?名"
    "|有(?:什么|啥)(?:技巧|窍门|诀窍|好办法|好方法)|[赚挣](?:不赚|不挣)?钱吗|好[看吃玩听用]吗"
    "|去哪(?:里|儿)?(?:玩|旅游|看(?:烟花|电影|海|展|花))|哪(?:里|儿)工资高|怎么(?:追(?![究回讨缴踪责])|减肥|修图|飞得)"
)


def asks_for_advice(plain: str) -> bool:
    """Of a normalised text."""
    return _ADVICE.search(plain) is not None
