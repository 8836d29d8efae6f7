"""Groups of words as a file: what is written is read back, and what is wrong is told with its line."""

from __future__ import annotations

import csv
from io import StringIO

import pytest

from knowledge_base.files.csv_table import ImportProblems, read_rows, write_rows
from knowledge_base.files.word_file import MOST_BYTES, read_words, words_file
from knowledge_base.words.word_group import WordGroup

GROUPS = (WordGroup("驾驶证", ("红本本", "=车本"), '说"话", 换行\n第二行'), WordGroup("养犬", ("狗本",)))


def test_what_is_written_is_read_back_with_the_line_it_begins_in() -> None:
    assert read_words(words_file(GROUPS)) == ((2, GROUPS[0]), (4, GROUPS[1]))


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "＝", "＋", "－", "＠", "\t=", "\r=", "\n="])
def test_no_cell_of_a_file_is_calculated(begins: str) -> None:
    rows = [(f"{begins}{cell}" for cell in ("1+1", "'2", "3")), ("'=4", f"'{begins}5", "6")]
    cells = [tuple(row) for row in rows]
    file = write_rows(cells)
    assert [read for _, read in read_rows(file)[0]] == [list(row) for row in cells]
    written = [cell for row in csv.reader(StringIO(file, newline="")) for cell in row]
    assert all(cell.startswith("'") for cell in written[:5])


def test_a_file_of_excel_in_china_is_read() -> None:
    file = "words,name\n红本本| 车本 |红本本,驾驶证\n,\n".encode("gb18030")
    assert read_words(file) == ((2, WordGroup("驾驶证", ("红本本", "车本"))),)


def test_a_row_may_end_before_its_columns() -> None:
    for file in ("name,words,note\n驾驶证\n", "name,note,words\n驾驶证\n", "words,name\n,驾驶证\n"):
        assert read_words(file.encode()) == ((2, WordGroup("驾驶证", ())),)
    assert read_words("words,name\n红本本\n".encode()) == ((2, WordGroup("", ("红本本",))),)


def test_a_line_break_in_a_cell_does_not_make_two_words_of_one() -> None:
    file = 'name,words\n"驾驶证\n（汽车）","红本\n本 | 车\u2028本|\n"\n'.encode()
    assert read_words(file) == ((2, WordGroup("驾驶证 （汽车）", ("红本 本", "车 本"))),)


def test_a_file_larger_than_all_words_of_an_office_is_not_read() -> None:
    with pytest.raises(ImportProblems) as raised:
        read_words(b"name,words\n" + b"a" * MOST_BYTES)
    assert "1 MB" in raised.value.problems[0].zh


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [0]),
        ("name,words\n", [0]),
        ("name,wörter\n驾驶证,车本\n", [1, 1]),
        ("name,words\n驾驶证,车本,多\n", [2]),
        ("name,words\n养犬,狗本\n=a,车本\n", [3]),
        ('name,words\n"驾驶证,车本\n', [2]),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, lines: list[int]) -> None:
    with pytest.raises(ImportProblems) as raised:
        read_words(text.encode())
    assert [problem.line for problem in raised.value.problems] == lines
