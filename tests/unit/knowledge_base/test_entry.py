from dataclasses import replace

from knowledge_base.entry import SHORT_ANSWER_CHARS
from tests.unit.knowledge_base.entries import entry


def test_the_short_answer_is_used_as_it_is() -> None:
    assert entry("a", "问", answer="长。" * 100, short_answer="短。").brief() == "短。"


def test_without_one_the_first_whole_sentences_that_fit_are_used() -> None:
    brief = entry("a", "问", answer="第一句。\n" + "二" * 60 + "。" + "三" * 80 + "。").brief()
    assert brief == "第一句。" + "二" * 60 + "。"


def test_a_first_sentence_that_is_too_long_is_cut() -> None:
    brief = entry("a", "问", answer="长" * 300).brief()
    assert len(brief) == SHORT_ANSWER_CHARS
    assert brief.endswith("…")


ENGLISH = replace(
    entry("a", "护照丢了怎么办？", answer="到出入境窗口。"),
    spoken_answer="到窗口。",
    question_en="What if I lose my passport?",
    variants_en=("my passport is lost",),
    answer_en="Go to the exit-entry office.",
    short_answer_en="Exit-entry office.",
)


def test_in_english_it_says_what_it_has_in_english() -> None:
    said = ENGLISH.said_in("en")
    assert (said.question, said.answer, said.brief()) == (
        "What if I lose my passport?",
        "Go to the exit-entry office.",
        "Exit-entry office.",
    )
    assert said.spoken_answer == ""
    assert said.id == ENGLISH.id


def test_in_chinese_and_without_english_it_stands_as_it_is() -> None:
    assert ENGLISH.said_in("zh") is ENGLISH
    assert (plain := entry("b", "问")).said_in("en") is plain


def test_its_english_finds_it_too() -> None:
    assert ENGLISH.wordings == ("护照丢了怎么办？", "What if I lose my passport?", "my passport is lost")
    assert entry("b", "问", "答").wordings == ("问", "答")
