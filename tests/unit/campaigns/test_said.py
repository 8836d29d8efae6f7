"""A problem is Chinese by itself and can be said in another language."""

from __future__ import annotations

import re

from campaigns import readability, template, text_checks
from campaigns.said import Said
from hub.actions.campaigns import preview_campaign, quotas
from hub.actions.campaigns.composing import check_campaign, send_trial, watch_words
from hub.actions.campaigns.draft_campaign import TOO_MANY_PARTS
from hub.web.i18n import Catalogues, Language

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
