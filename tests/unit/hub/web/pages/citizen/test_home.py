"""The questions to start with."""

from hub.web.pages.citizen.home import suggestions
from knowledge_base.files.importer import shipped
from tests.shipped import SNAPSHOT


def test_in_english_they_are_english_and_answered_in_english() -> None:
    english = {entry.question_en for entry in shipped() if entry.answer_en}
    for topic in ("", "交管", "出入境"):
        found = suggestions(SNAPSHOT, 4, topic, language="en")
        assert len(found) == 4
        assert set(found) <= english


def test_in_chinese_each_is_of_another_topic() -> None:
    topics = {entry.question: entry.topic for entry in shipped()}
    found = suggestions(SNAPSHOT, 4)
    assert len({topics[question] for question in found}) == 4
