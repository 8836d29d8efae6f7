"""One text in the forms in which it is compared."""

import pytest

from knowledge_base.text.plain import MAX_CHARS, plain
from knowledge_base.text.utterance import Utterance


@pytest.mark.parametrize(
    ("text", "folded", "bare"),
    [
        ("救.命", "救命", "救命"),
        ("有人殺人！", "有人杀人", "有人杀人"),
        ("ＳＯＳ 在 丶 XX路?", "sos在xx路?", "sos在丶xx路"),
        ("題|轉 人 工", "题|转人工", "题转人工"),
        ("选②", "选2", "选2"),
        ("", "", ""),
    ],
)
def test_signs_hide_no_word(text: str, folded: str, bare: str) -> None:
    utterance = Utterance(text)
    assert (utterance.folded, utterance.plain) == (folded, bare)
    assert utterance.plain == plain(text)


def test_the_end_of_a_long_letter_counts_for_danger_and_not_as_a_reply() -> None:
    utterance = Utterance("长 " * MAX_CHARS + "救命")
    assert utterance.folded.endswith("长救命")
    assert utterance.plain == plain(utterance.text) == "长" * (MAX_CHARS // 2)


def test_each_form_is_made_once() -> None:
    utterance = Utterance("報　警")
    assert utterance.composed == "報 警"
    assert utterance.simplified == "报 警"
    for form in ("composed", "simplified", "plain", "folded"):
        assert getattr(utterance, form) is getattr(utterance, form)
