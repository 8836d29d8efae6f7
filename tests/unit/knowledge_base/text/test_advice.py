"""Who asks what to buy or where to have fun, and who asks what is to be done."""

import pytest

from knowledge_base.files.importer import shipped
from knowledge_base.match.answer import Decision, decide
from knowledge_base.text.advice import asks_for_advice
from knowledge_base.text.normalise import normalise
from tests.shipped import SNAPSHOT


@pytest.mark.parametrize(
    "text",
    [
        *("水果刀哪种好", "驾校哪家便宜", "電動車買什麼牌子好", "推荐一款行车记录仪", "二手车值多少钱"),
        *("科目二倒库有什么技巧", "开网吧赚钱吗", "春节去哪里看烟花", "给孩子取什么名", "无人机怎么飞得稳"),
    ],
)
def test_advice_of_other_kinds_is_never_answered_nor_offered_anything(text: str) -> None:
    assert asks_for_advice(normalise(text))
    assert decide(SNAPSHOT, text).decision is Decision.HAND_OVER


@pytest.mark.parametrize(
    "text",
    [
        *("打击报复举报人怎么追究", "被骗的钱怎么追回来", "护照在哪里好办", "派出所在哪个位置", "驾照去哪换"),
        *("孩子改什么名字要同意", "12110怎么用好", "身份证办好了吗", "去哪里看违章"),
    ],
)
def test_a_question_about_a_service_is_none(text: str) -> None:
    assert not asks_for_advice(normalise(text))


def test_an_entry_that_gives_such_advice_answers_it() -> None:
    assert decide(SNAPSHOT, "发短信和打电话报警哪个好").decision is Decision.ANSWER
    asking = [text for entry in shipped() for text in entry.tests if asks_for_advice(normalise(text))]
    assert asking == []
