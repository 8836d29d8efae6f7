"""A CSV is bounded like a workbook: what a few megabytes unpack to does not fill the memory."""

from __future__ import annotations

import tracemalloc

import pytest

from knowledge_base.files.csv_table import MAX_COLUMNS, MAX_ROWS, MOST_PROBLEMS, ImportProblems, read_rows


@pytest.mark.parametrize(
    ("text", "words"),
    [("\n" * (MAX_ROWS + 1), "more than 20000 rows"), ("," * MAX_COLUMNS, "over 64 columns")],
)
def test_more_rows_or_columns_than_a_table_has_are_refused(text: str, words: str) -> None:
    with pytest.raises(ImportProblems, match=words):
        read_rows(text)


def test_a_file_of_nothing_but_mistakes_is_read_to_the_hundredth() -> None:
    text = "=1\n" * 1_000_000
    tracemalloc.start()
    _, problems = read_rows(text)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(problems) == MOST_PROBLEMS
    assert most < 4 * len(text) + 1_000_000


def test_as_many_rows_as_a_table_may_have_are_read() -> None:
    rows, problems = read_rows("a,b\n" * MAX_ROWS)
    assert (len(rows), problems) == (MAX_ROWS, [])
