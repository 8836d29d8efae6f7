"""Search terms: what is indexed, and that whatever a text holds can be found."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hub.store.terms import holds, index_terms, keyed, normalise, plain_terms, query_terms


def test_a_run_gives_its_bigrams_and_its_last_character() -> None:
    assert plain_terms("身份证，补办") == ["身份", "份证", "证", "补办", "办"]


def test_width_and_case_do_not_matter() -> None:
    assert normalise("ＡＢＣ—１２３８９！") == "abc 12389"
    assert holds("窗口１２３８９", "12389")


def test_nothing_to_index_gives_no_terms() -> None:
    for nothing in (None, "", "？！ …", 5):
        assert index_terms(nothing) == []
    assert query_terms("？！") == []


def test_keyed_terms_are_taken_as_they_are() -> None:
    value = keyed(["a1f0", "b2", "a1f0"])
    assert index_terms(value) == ["a1f0", "b2"]
    assert [(t.text, t.prefix) for t in query_terms(value)] == [("a1f0", False), ("b2", False)]
    assert holds(value, keyed(["b2"]))


def test_bigrams_from_two_places_do_not_make_a_word() -> None:
    assert not holds("公开办事，安全局势", "公安")
    assert holds("省公安厅", "公安")


@given(st.text(max_size=40), st.data())
def test_every_piece_of_a_run_is_found(text: str, data: st.DataObject) -> None:
    indexed = plain_terms(text)
    for run in normalise(text).split():
        start = data.draw(st.integers(0, len(run) - 1))
        piece = run[start : data.draw(st.integers(start + 1, len(run)))]
        for term in query_terms(piece):
            found = any(one.startswith(term.text) if term.prefix else one == term.text for one in indexed)
            assert found or normalise(piece) != piece
