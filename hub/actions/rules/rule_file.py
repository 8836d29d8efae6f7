"""A book of rules as a CSV file, in and out. Whether its rows make sense is asked of the book."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hub.model.cases.rule_book import Row, RuleBook
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

MOST_BYTES = 1_048_576


def read_rules(book: RuleBook, content: bytes, unit_ids: Mapping[str, str]) -> list[tuple[int, Row]]:
    """The rows of a file with the line of each. unit_ids: by name. Raises ImportProblems."""
    check_size(content, MOST_BYTES)
    rows, problems = read_rows(file_text(content))
    named, wrong = by_heading(rows, book.columns, book.columns)
    if problems or wrong:
        raise ImportProblems([*problems, *wrong])
    if not named:
        raise refused("文件里没有规则", "there are no rules in the file")
    return [(line, book.tidied(cells, unit_ids)) for line, cells in named]


def rules_file(book: RuleBook, rows: Iterable[Row]) -> bytes:
    """CSV that `read_rules` reads back, with the mark by which Excel takes it for UTF-8."""
    cells = ([row[column] for column in book.columns] for row in rows)
    return (UTF8_MARK + write_rows((book.columns, *cells))).encode()
