"""`hub faq eval`: how well the knowledge base finds what people ask."""

from __future__ import annotations

from pathlib import Path

from hub.cli.run import CANNOT_RUN, print_json
from hub.console import Screen
from knowledge_base.entry import Entry
from knowledge_base.errors import KnowledgeError
from knowledge_base.importer import read_csv, read_toml, shipped
from knowledge_base.matcher import Snapshot
from knowledge_base.measure import measure, read_queries


def evaluate(queries: Path, *, entries: Path | None = None, json: bool = False) -> int:
    """用问题集测量知识库：排第一的比例、答错几条、转人工几条。

    Measures the knowledge base against questions whose right entry is known.

    Parameters
    ----------
    queries
        每行一个 {"text": …, "answer_id": …} · JSON lines; `answer_id` null = nothing answers it.
    entries
        知识条目，TOML 或 CSV；省略时用自带的 · TOML or CSV; the shipped entries without it.
    json
        输出 JSON · As JSON.
    """
    try:
        known = shipped() if entries is None else _read(entries)
        asked = read_queries(queries.read_text("utf-8"))
    except KnowledgeError as problem:
        Screen().complain(str(problem).splitlines())
        return CANNOT_RUN
    except OSError as problem:
        Screen().complain([f"{problem.filename}: {problem.strerror}"])
        return CANNOT_RUN
    except (ValueError, KeyError) as problem:
        Screen().complain([f"{queries}: 每行应为 JSON，含 text 和 answer_id：{problem}"])
        return CANNOT_RUN
    figures = measure(Snapshot.build(known), asked)
    if json:
        print_json(figures)
    else:
        Screen().table(
            f"{len(known)} 条知识 entries",
            ("指标 figure", "值 value"),
            [(name, _shown(value)) for name, value in figures.items()],
        )
    return 0


def _read(path: Path) -> tuple[Entry, ...]:
    text = path.read_text("utf-8-sig")
    return read_csv(text) if path.suffix.lower() == ".csv" else read_toml(text)


def _shown(value: float | int | None) -> str:
    return "-" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)
