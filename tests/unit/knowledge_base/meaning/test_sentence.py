import pytest

from knowledge_base.meaning.sentence import digest_of, sentence_of


@pytest.mark.parametrize(
    "text", ["請問身份證遺失如何補辦？", "你好，请问身份证遗失如何补办", " 身份证　遗失如何补办!! "]
)
def test_what_compares_equal_is_the_same_sentence(text: str) -> None:
    assert sentence_of(text) == "身份证遗失如何补办"


def test_latin_words_keep_their_blanks() -> None:
    assert sentence_of("  How do I renew\nmy Passport? ") == "how do i renew my passport?"


@pytest.mark.parametrize("text", ["", "？？？", "\n\t", "嗯…"])
def test_nothing_to_compare_is_no_sentence(text: str) -> None:
    assert sentence_of(text) == ""


def test_a_sentence_is_bounded() -> None:
    assert len(sentence_of("Report " * 400)) <= 500
    assert len(sentence_of("报警" * 400)) <= 500


def test_a_digest_is_the_same_in_every_release() -> None:
    assert digest_of("身份证丢了怎么补") == 16670342761051796863
