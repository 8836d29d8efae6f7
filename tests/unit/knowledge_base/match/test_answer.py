from dataclasses import replace

import pytest

from knowledge_base.entry import Aspect
from knowledge_base.match.answer import Decision, Thresholds, decide
from knowledge_base.match.matcher import Snapshot
from tests.shipped import SNAPSHOT
from tests.unit.knowledge_base.entries import entry


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        ("驾照丢了咋补", "licence-lost"),
        ("請問身份證遺失如何補辦？", "id-card-lost"),
        ("扣满十二分了怎么办", "licence-12-points"),
        ("你好，我想问一下违章怎么查呀", "offence-query"),
        ("孩子走丢了", "missing-person"),
        ("聋哑人怎么报警", "12110-deaf"),
        ("怎么退订", "12110-unsubscribe"),
        ("一二三八九是什么电话", "12389-scope"),
        ("我要转人工", "human"),
    ],
)
def test_a_clear_question_is_answered(text: str, id_: str) -> None:
    answer = decide(SNAPSHOT, text)
    assert answer.decision is Decision.ANSWER
    assert [match.entry.id for match in answer.matches] == [id_]


@pytest.mark.parametrize("text", ["护照", "身份证", "怎么办驾照", "报警", "我要举报"])
def test_a_subject_without_a_question_is_given_choices(text: str) -> None:
    answer = decide(SNAPSHOT, text)
    assert answer.decision is Decision.CHOICES
    assert 1 <= len(answer.matches) <= 3


@pytest.mark.parametrize(
    "text",
    ["今天天气怎么样", "给我推荐一部电影", "股票明天会涨吗", "红烧鱼放多少盐", "how are you today"],
)
def test_a_question_about_something_else_is_handed_over(text: str) -> None:
    assert decide(SNAPSHOT, text).decision is Decision.HAND_OVER


@pytest.mark.parametrize("text", ["", " ", "？！。。。", "👍", "好", "1", "T", "嗯嗯", "你好", "谢谢"])
def test_what_is_no_question_is_handed_over(text: str) -> None:
    answer = decide(SNAPSHOT, text)
    assert (answer.decision, answer.matches) == (Decision.HAND_OVER, ())


@pytest.mark.parametrize("text", ["毕业证丢了去哪里补", "学生证掉了怎么补办", "健康证过期了怎么换"])
def test_the_paper_of_another_office_is_never_answered_as_ours(text: str) -> None:
    assert decide(SNAPSHOT, text).decision is not Decision.ANSWER


@pytest.mark.parametrize("text", ["社保卡丢了去哪里补", "结婚证掉了怎么补办"])
def test_whose_paper_it_is_is_told_where_an_entry_says_so(text: str) -> None:
    answer = decide(SNAPSHOT, text)
    assert answer.decision is Decision.ANSWER
    assert [match.entry.topic for match in answer.matches] == ["其他部门"]


def test_a_long_story_that_mentions_a_subject_is_not_answered() -> None:
    story = (
        "我和邻居因为停车的事情吵了很久，物业来了三次都没有结果，昨天他还把我的花盆摔了，" * 6
        + "身份证丢了怎么补"
    )
    assert decide(SNAPSHOT, story).decision is not Decision.ANSWER


def test_two_close_entries_are_offered_instead_of_one_being_guessed() -> None:
    snapshot = Snapshot.build([entry("renew", "护照到期换发"), entry("lost", "护照丢失补发")])
    answer = decide(snapshot, "护照补发换发", Thresholds(answer=1.0, choice=0.0))
    assert answer.decision is Decision.CHOICES
    assert {match.entry.id for match in answer.matches} == {"renew", "lost"}


def test_the_words_of_an_entry_are_answered_however_close_the_next_one_is() -> None:
    snapshot = Snapshot.build([entry("a", "护照到期换发"), entry("b", "护照到期换发地点")])
    answer = decide(snapshot, "护照到期换发", Thresholds(answer=2, choice=2))
    assert answer.decision is Decision.ANSWER
    assert answer.matches[0].entry.id == "a"


def test_words_that_two_entries_claim_are_not_answered() -> None:
    snapshot = Snapshot.build([entry("a", "护照怎么办理"), entry("b", "护照如何办理")])
    answer = decide(snapshot, "护照怎么办理")
    assert answer.decision is Decision.CHOICES
    assert {match.entry.id for match in answer.matches} == {"a", "b"}


def test_another_value_of_the_same_slot_is_offered_and_never_answered() -> None:
    snapshot = Snapshot.build([entry("renew", "驾驶证到期怎么换证"), entry("noise", "邻居噪音扰民怎么办")])
    sure = Thresholds(answer=0.0, choice=0.0)
    assert decide(snapshot, "驾驶证到期怎么换证呀我问问", sure).decision is Decision.ANSWER
    assert decide(snapshot, "驾驶证怎么补办呀我问问", sure).decision is Decision.CHOICES


def test_a_service_without_an_aspect_offers_what_can_be_asked_about_it() -> None:
    about = [
        replace(entry(f"passport-{aspect.name}", question), service="护照", aspect=aspect)
        for aspect, question in (
            (Aspect.FEE, "护照办理费用多少"),
            (Aspect.MATERIALS, "护照办理带什么材料"),
            (Aspect.PLACE, "护照办理去哪里"),
        )
    ]
    answer = decide(Snapshot.build(about), "想给我家的人弄个护照办理", Thresholds(answer=0.0, choice=0.0))
    assert answer.decision is Decision.CHOICES
    assert {match.entry.service for match in answer.matches} == {"护照"}
    assert len(answer.matches) == 3


def test_thresholds_are_of_confidence_and_not_of_score() -> None:
    text = "我的护照快到期想换"
    answer = decide(SNAPSHOT, text)
    for wanted, threshold in (
        (Decision.ANSWER, answer.confidence - 0.001),
        (Decision.CHOICES, answer.confidence + 0.001),
    ):
        assert decide(SNAPSHOT, text, Thresholds(answer=threshold, choice=0.1)).decision is wanted
    assert decide(SNAPSHOT, text, Thresholds(answer=2, choice=2)).decision is Decision.HAND_OVER


def test_a_recogniser_s_homophones_are_answered_in_speech_mode_alone() -> None:
    heard = "身分正一是了怎么不办"
    assert decide(SNAPSHOT, heard, speech=True).confidence > decide(SNAPSHOT, heard).confidence
    assert decide(SNAPSHOT, heard, speech=True).matches[0].entry.id == "id-card-lost"
