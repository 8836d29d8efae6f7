"""The files `hub faq eval`, `hub faq calibrate` and `hub bench faq` are given."""

from __future__ import annotations

from pathlib import Path

from hub.bench.faq import Given
from hub.runtime.console import Screen
from knowledge_base.entry import Entry
from knowledge_base.errors import KnowledgeError
from knowledge_base.files.importer import read_csv, read_toml, shipped
from knowledge_base.measure.faq_set import read_entries, read_queries


def read_set(queries: Path, kb: Path | None) -> Given | None:
    """The entries (the shipped ones without `kb`) and the queries; None when they cannot be read, which was
    said."""
    try:
        return Given(shipped() if kb is None else _entries(kb), read_queries(queries.read_text("utf-8")))
    except KnowledgeError as problem:
        Screen().complain(str(problem).splitlines())
    except OSError as problem:
        Screen().complain([f"{problem.filename}: {problem.strerror}"])
    except UnicodeDecodeError as problem:
        Screen().complain([f"文件应为 UTF-8 编码 · not UTF-8: {problem}"])
    return None


def _entries(path: Path) -> tuple[Entry, ...]:
    text = path.read_text("utf-8-sig")
    match path.suffix.lower():
        case ".csv":
            return read_csv(text)
        case ".toml":
            return read_toml(text)
        case _:
            return read_entries(text)
