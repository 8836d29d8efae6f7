"""Reads sets of questions whose right entry is known, for measuring: entries and queries as lines of JSON.

Entries `{id, question, alternates?, answer?, category?, source?}`, queries `{text, answer_id or null,
source?}`; other keys are left alone. Such a set is asked, never shown: an entry without an answer is read all
the same.
"""

import json
from collections.abc import Iterator

from knowledge_base.entry import Entry, EntryState
from knowledge_base.errors import KnowledgeError
from knowledge_base.measure.measure import Query


class BadSet(KnowledgeError):
    """A line that does not fit; the message names it, in Chinese and English."""


def read_entries(jsonl: str) -> tuple[Entry, ...]:
    """The entries, published. Raises BadSet for a line that does not fit, an id that comes twice, an empty
    set."""
    entries: dict[str, Entry] = {}
    for line, row in rows(jsonl):
        id, question = text_of(row, "id", line), text_of(row, "question", line)
        alternates = row.get("alternates", [])
        if not isinstance(alternates, list) or not all(isinstance(wording, str) for wording in alternates):
            raise BadSet(
                f"第 {line} 行：alternates 应是文字列表 / line {line}: alternates must be a list of texts"
            )
        if id in entries:
            raise BadSet(f"第 {line} 行：编号重复 {id} / line {line}: duplicate id {id}")
        entries[id] = Entry(
            id=id,
            question=question,
            variants=tuple(alternates),
            answer=str(row.get("answer") or question),
            short_answer="",
            topic=str(row.get("category", "")),
            source=str(row.get("source", "")),
            confirm_locally=False,
            state=EntryState.PUBLISHED,
            updated_at=0,
        )
    if not entries:
        raise BadSet("没有一条知识 / there is no entry")
    return tuple(entries.values())


def read_queries(jsonl: str) -> tuple[Query, ...]:
    """The queries. Raises BadSet for a line that does not fit, and for an empty set."""
    queries = []
    for line, row in rows(jsonl):
        if "answer_id" not in row or not isinstance(row["answer_id"], str | None):
            raise BadSet(
                f"第 {line} 行：answer_id 应是编号或 null / line {line}: answer_id must be an id or null"
            )
        queries.append(Query(text_of(row, "text", line), row["answer_id"], str(row.get("source", ""))))
    if not queries:
        raise BadSet("没有一个问题 / there is no question")
    return tuple(queries)


def rows(jsonl: str) -> Iterator[tuple[int, dict[str, object]]]:
    """The objects with the numbers of their lines, from 1; empty lines are left out. Raises BadSet."""
    for line, text in enumerate(jsonl.removeprefix("\ufeff").split("\n"), 1):
        if not text.strip():
            continue
        try:
            row = json.loads(text)
        except ValueError as problem:
            raise BadSet(f"第 {line} 行不是 JSON / line {line} is not JSON: {problem}") from None
        if not isinstance(row, dict):
            raise BadSet(f"第 {line} 行应是一个对象 / line {line} must be an object")
        yield line, row


def text_of(row: dict[str, object], key: str, line: int) -> str:
    """A text of a row that must not be blank. Raises BadSet."""
    value = row.get(key)
    if not isinstance(value, str) or not value.strip():
        raise BadSet(f"第 {line} 行：缺少 {key} / line {line}: {key} is missing")
    return value
