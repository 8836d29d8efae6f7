"""A problem is Chinese by itself and can be said in another language."""

from __future__ import annotations

import re

from campaigns import readability, template, text_checks
from campaigns.approval import Growth
from campaigns.said import Said, recalled
from hub.actions.campaigns import preview_campaign, quotas
from hub.actions.campaigns.composing import check_campaign, send_trial, watch_words
from hub.actions.campaigns.draft_campaign import TOO_MANY_PARTS
from hub.actions.campaigns.planning.count_campaign import WRONG_NUMBERS, grown_words
from hub.web.i18n import Catalogues, Language
from hub.web.pages.campaigns.stored_reasons import WITH_VALUES, reason_said

CHINESE = re.compile(r"[\u3400-\u9fff]")
CATALOGUES = Catalogues.load()


def test_several_problems_are_one_text_that_remembers_each() -> None:
    both = Said.joined([Said("最多 %(most)s 字", most=5), "100% 错"])
    assert both == "最多 5 字；100% 错"
    assert both.sentences == (("最多 %(most)s 字", {"most": 5}), ("100% 错", {}))
    assert CATALOGUES.of(Language.ZH)(both) == both


def test_every_problem_of_a_text_has_an_english_one() -> None:
    english = CATALOGUES.of(Language.EN)
    wrong = "【x】{name}{who|x}｛" + template.OPT_OUT + "}" + "a" * 500
    said = english(Said.joined((*template.problems(wrong), *template.problems(""))))
    for content in ("姓名", "城市", template.OPT_OUT, "您", "【…】", "、", "（", "）"):
        said = said.replace(content, "")
    assert len(template.problems(wrong)) == 7
    assert not CHINESE.search(said), said


def test_every_finding_has_an_english_text() -> None:
    modules = (text_checks, readability, check_campaign, send_trial, watch_words, quotas, preview_campaign)
    texts = [
        value
        for module in modules
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, str) and CHINESE.search(value)
    ]
    assert len(texts) > 15
    assert [text for text in (*texts, TOO_MANY_PARTS) if text not in CATALOGUES.of(Language.EN).texts] == []


def test_a_stored_reason_is_said_in_english_with_its_numbers() -> None:
    english = CATALOGUES.of(Language.EN)
    for reason, numbers in (("people", "1200"), ("parts", "1200"), ("budget", "12.00")):
        stored = grown_words(Growth(reason, 1000, 1200))
        said = english(reason_said(stored))
        assert not CHINESE.search(said), said
        assert numbers in said
        assert CATALOGUES.of(Language.ZH)(reason_said(stored)) == stored


def test_of_stored_reasons_several_are_said_one_by_one_and_what_a_person_wrote_stays() -> None:
    both = Said.joined([Said(WRONG_NUMBERS, count=3, share=12, most=10), "没有可以发送的接收人"])
    assert reason_said(str(both)) == both
    assert not CHINESE.search(CATALOGUES.of(Language.EN)(reason_said(str(both))))
    assert type(reason_said("请改一下（100%）")) is str
    assert recalled("甲；乙", WITH_VALUES) == "甲；乙"
    assert recalled("已发 3 条；\n请看", ["已发 %(count)s 条；\n请看"]) == "已发 3 条；\n请看"
