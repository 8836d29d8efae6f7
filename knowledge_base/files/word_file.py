"""An office's words as a CSV file: one group a line, in and out. What is wrong is told with its line."""

from collections.abc import Iterable

from knowledge_base.files.csv_table import (
    UTF8_MARK,
    ImportProblems,
    by_heading,
    check_size,
    file_text,
    read_rows,
    refused,
    write_rows,
)
from knowledge_base.words.word_group import BETWEEN_WORDS, WordGroup, in_one_line, tidied

COLUMNS = ("name", "words", "note")
NEEDED = ("name", "words")
MOST_BYTES = 1_048_576
"""As many groups as an office may have, with twenty words each."""


def read_words(content: bytes) -> tuple[tuple[int, WordGroup], ...]:
    """The groups of a file with the line of each; the words of one stand in one cell with `|` between them.
    Whether they fit together is asked with `word_problems`. Raises ImportProblems."""
    check_size(content, MOST_BYTES)
    rows, problems = read_rows(file_text(content))
    named, wrong = by_heading(rows, COLUMNS, NEEDED)
    if problems or wrong:
        raise ImportProblems([*problems, *wrong])
    if not named:
        raise refused("文件里没有说法", "there are no words in the file")
    return tuple((line, _group(cells)) for line, cells in named)


def words_file(groups: Iterable[WordGroup]) -> bytes:
    """CSV that `read_words` reads back, with the mark by which Excel takes it for UTF-8."""
    rows = ((group.name, BETWEEN_WORDS.join(group.words), group.note) for group in groups)
    return (UTF8_MARK + write_rows((COLUMNS, *rows))).encode()


def _group(cells: dict[str, str]) -> WordGroup:
    words = tidied(cells["words"].split(BETWEEN_WORDS))
    return WordGroup(in_one_line(cells["name"]), words, cells.get("note", "").strip())
