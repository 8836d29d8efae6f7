import pytest

from knowledge_base.measure.faq_set import BadSet, read_entries, read_queries
from knowledge_base.measure.measure import Query


def test_entries_are_read_without_what_is_only_shown() -> None:
    text = (
        '\ufeff{"id": "a", "question": "一", "alternates": ["二"], "category": "户政", "more": 1}\n\n'
        '{"id": "b", "question": "三", "answer": "四"}'
    )
    first, second = read_entries(text)
    assert (first.id, first.question, first.variants, first.answer) == ("a", "一", ("二",), "一")
    assert (second.answer, second.variants) == ("四", ())


def test_queries_are_read_line_by_line() -> None:
    text = '{"text": "一", "answer_id": "a", "source": "s"}\n\n{"text": "二", "answer_id": null}\n'
    assert read_queries(text) == (Query("一", "a", "s"), Query("二", None))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "there is no entry"),
        ('{"id": "a", "question": "一"}\nno', "line 2 is not JSON"),
        ("[1]", "line 1 must be an object"),
        ('{"id": "a"}', "line 1: question is missing"),
        ('{"id": 1, "question": "一"}', "line 1: id is missing"),
        ('{"id": "a", "question": "一", "alternates": "二"}', "line 1: alternates must be a list of texts"),
        ('{"id": "a", "question": "一"}\n{"id": "a", "question": "二"}', "line 2: duplicate id a"),
    ],
)
def test_an_entry_that_does_not_fit_is_told_with_its_line(text: str, told: str) -> None:
    with pytest.raises(BadSet, match=told):
        read_entries(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("\n", "there is no question"),
        ('{"text": "一"}', "line 1: answer_id must be an id or null"),
        ('{"text": "一", "answer_id": 3}', "line 1: answer_id must be an id or null"),
        ('{"text": " ", "answer_id": null}', "line 1: text is missing"),
    ],
)
def test_a_query_that_does_not_fit_is_told_with_its_line(text: str, told: str) -> None:
    with pytest.raises(BadSet, match=told):
        read_queries(text)
