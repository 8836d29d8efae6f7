"""Greetings, thanks, tests and abuse."""

import pytest

from knowledge_base.dialogue.small_talk import SmallTalk
from knowledge_base.text.utterance import Utterance

TALK = SmallTalk()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        *(
            ("谢谢", "thanks"),
            ("好的，谢谢您！", "thanks"),
            ("你好！", "greeting"),
            ("您好，在吗？", "greeting"),
        ),
        *(
            ("你是机器人吗？", "identity"),
            ("你是谁", "identity"),
            ("測試", "test"),
            ("再見", "bye"),
            ("Hi", "greeting"),
            ("谢谢你啊姑娘", "thanks"),
            ("答非所问", "missed"),
        ),
        *(
            ("谢谢你们", "thanks"),
            ("非常感谢您的耐心解答", "thanks"),
            ("真的太感谢你们了！", "thanks"),
            ("辛苦啦，谢谢民警", "thanks"),
            ("没别的事了", "thanks"),
            ("Thank you very much", "thanks"),
            ("唔該晒", "thanks"),
            ("你到底是不是真人啊", "identity"),
            ("对面是真人还是机器", "identity"),
            ("哈哈", "chatter"),
        ),
    ],
)
def test_a_text_of_nothing_else_is_small_talk(text: str, kind: str) -> None:
    found = TALK.of(Utterance(text))
    assert found is not None
    assert found.name == kind


@pytest.mark.parametrize(
    "text",
    [
        "你好，身份证丢了怎么办",
        "谢谢你们抓到小偷",
        "测试酒精怎么测",
        "救命",
        "",
        "在厦门",
        "民警",
        "你们的",
        "我很不好",
        "你们电话",
    ],
)
def test_anything_beside_it_is_a_matter(text: str) -> None:
    assert TALK.of(Utterance(text)) is None


def test_abuse_is_taken_out_and_the_matter_stays() -> None:
    assert TALK.without_abuse(Utterance("他妈的户口到底怎么迁")).text == "户口到底怎么迁"
    assert TALK.without_abuse(Utterance("SB")).text == ""
    for harmless in map(Utterance, ("USB接口", "户口怎么迁", "Ssbc")):
        assert TALK.without_abuse(harmless) is harmless
