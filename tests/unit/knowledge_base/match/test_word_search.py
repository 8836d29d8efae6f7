"""Plain words are found where they stand and marked there."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.match.word_search import EXCERPT_CHARS, marked, search, words_of
from tests.unit.knowledge_base.entries import SMALL, entry


def test_every_word_has_to_stand_in_the_question_or_the_answer() -> None:
    entries = (*SMALL, entry("receipt", "驾驶证怎么领？", answer="凭回执领取。"))
    assert [hit.entry.id for hit in search(entries, words_of("驾驶证 回执"), 5)] == ["receipt"]
    assert search(entries, words_of("驾驶证 护照"), 5) == ()
    assert search(entries, words_of(" ，。"), 5) == ()


def test_an_entry_with_the_words_in_its_question_comes_first() -> None:
    entries = (entry("a", "怎么领证？", answer="带身份证。"), entry("b", "身份证怎么领？"))
    assert [hit.entry.id for hit in search(entries, words_of("身份证"), 5)] == ["b", "a"]


def test_width_case_and_traditional_characters_make_no_difference() -> None:
    [hit] = search((entry("c", "C1驾驶证怎么换？"),), words_of("Ｃ１駕駛證"), 5)
    assert [span.text for span in hit.question if span.hit] == ["C1驾驶证"]


def test_the_excerpt_shows_the_place_of_the_word() -> None:
    answer = "请" * 200 + "携带回执" + "来" * 200
    [hit] = search((entry("d", "怎么领？", answer=answer),), ("回执",), 5)
    excerpt = "".join(span.text for span in hit.excerpt)
    assert "回执" in excerpt
    assert excerpt.startswith("…")
    assert excerpt.endswith("…")
    assert len(excerpt) <= EXCERPT_CHARS + 2


@given(st.text(max_size=40), st.lists(st.text(min_size=1, max_size=4), max_size=4))
def test_marking_loses_no_character(text: str, words: list[str]) -> None:
    assert "".join(span.text for span in marked(text, words)) == text
