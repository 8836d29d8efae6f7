"""The word beside number and code."""

from __future__ import annotations

import pytest

from hub.actions.dialogue.wish import wish_in
from hub.model.citizen_wish import CitizenWish

NUMBER, CODE = "26113000000197", "12345678"


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        (f"编号{NUMBER} 查询码{CODE} 催办", CitizenWish("cuiban")),
        (f"催一下 {NUMBER} {CODE}", CitizenWish("cuiban")),
        (f"{NUMBER} {CODE} Remind", CitizenWish("cuiban")),
        (f"{NUMBER}，{CODE}，我要撤回。", CitizenWish("withdraw")),
        (f"{NUMBER} {CODE} withdraw", CitizenWish("withdraw")),
        (f"{NUMBER} {CODE} 补充 昨晚，又来了。", CitizenWish("supplement", "昨晚，又来了。")),
        (f"{NUMBER} {CODE} add: again,\nat night", CitizenWish("supplement", "again,\nat night")),
        (f"{NUMBER} {CODE} 补充", CitizenWish("supplement")),
        (f"{NUMBER} {CODE} 评价５分", CitizenWish("rate", score=5)),
        (f"{NUMBER} {CODE} rate 2", CitizenWish("rate", score=2)),
        (f"{NUMBER} {CODE} 满意", CitizenWish("rate", score=5)),
        (f"{NUMBER} {CODE} 不满意！", CitizenWish("unsatisfied")),
        (f"{NUMBER} {CODE} 申请复查", CitizenWish("request_fucha")),
        (
            f"{NUMBER[:6]}-{NUMBER[6:10]} {NUMBER[10:]} {CODE[:4]} {CODE[4:]} 复核",
            CitizenWish("request_fuhe"),
        ),
        (f"{NUMBER} {CODE} final review", CitizenWish("request_fuhe")),
        (f"{NUMBER} {CODE}", None),
        (f"{NUMBER} {CODE} 请问现在办得怎么样了", None),
        (f"{NUMBER} {CODE} 我不想撤回", None),
        (f"{NUMBER} {CODE} 为什么还不催办，你们都在干什么", None),
    ],
)
def test_a_word_is_a_wish_and_a_sentence_is_none(text: str, wish: CitizenWish | None) -> None:
    assert wish_in(text, NUMBER, CODE) == wish
