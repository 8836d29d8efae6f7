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
