import pytest

from knowledge_base.answer import Decision, Thresholds, decide
from knowledge_base.importer import shipped
from knowledge_base.matcher import Snapshot
from tests.unit.knowledge_base.entries import entry

SNAPSHOT = Snapshot.build(shipped())


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        ("驾照丢了咋补", "licence-lost"),
        ("請問身份證遺失如何補辦？", "id-card-lost"),
        ("扣满十二分了怎么办", "licence-12-points"),
        ("你好，我想问一下违章在哪里查", "offence-query"),
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


@pytest.mark.parametrize("text", ["社保卡丢了去哪里补", "结婚证掉了怎么补办"])
def test_the_paper_of_another_office_is_never_answered_as_ours(text: str) -> None:
    assert decide(SNAPSHOT, text).decision is not Decision.ANSWER


def test_a_long_story_that_mentions_a_subject_is_not_answered() -> None:
    story = (
        "我和邻居因为停车的事情吵了很久，物业来了三次都没有结果，昨天他还把我的花盆摔了，" * 6
        + "身份证丢了怎么补"
    )
    assert decide(SNAPSHOT, story).decision is not Decision.ANSWER


def test_two_close_entries_are_offered_instead_of_one_being_guessed() -> None:
    snapshot = Snapshot.build([entry("renew", "护照到期换发"), entry("lost", "护照丢失补发")])
    answer = decide(snapshot, "护照补发换发", Thresholds(answer=0.3, choice=0.1, gap=0.9))
    assert answer.decision is Decision.CHOICES
    assert {match.entry.id for match in answer.matches} == {"renew", "lost"}


def test_the_words_of_an_entry_are_answered_however_close_the_next_one_is() -> None:
    snapshot = Snapshot.build([entry("a", "护照到期换发"), entry("b", "护照到期换发地点")])
    answer = decide(snapshot, "护照到期换发", Thresholds(answer=0.9, choice=0.1, gap=0.9))
    assert answer.decision is Decision.ANSWER
    assert answer.matches[0].entry.id == "a"


def test_only_entries_worth_offering_are_offered() -> None:
    thresholds = Thresholds(answer=2, choice=0.45, gap=0)
    answer = decide(SNAPSHOT, "我的护照快到期想换", thresholds)
    assert answer.decision is Decision.CHOICES
    assert all(match.score >= thresholds.choice for match in answer.matches)
