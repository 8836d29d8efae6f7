"""`hub faq eval` and `hub faq calibrate`: how well the knowledge base finds what people ask, and how sure it
may be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from hub.cli.run import CANNOT_RUN, print_json
from hub.console import Screen
from knowledge_base.calibration import PROMISE
from knowledge_base.calibration import calibrate as fit
from knowledge_base.entry import Entry
from knowledge_base.errors import KnowledgeError
from knowledge_base.importer import read_csv, read_toml, shipped
from knowledge_base.matcher import Snapshot
from knowledge_base.measure import Query, measure, read_queries


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
    given = _given(queries, entries)
    if given is None:
        return CANNOT_RUN
    known, asked = given
    figures = measure(Snapshot.build(known), asked)
    if json:
        print_json(figures)
    else:
        Screen().table(f"{len(known)} 条知识 entries", ("指标 figure", "值 value"), list(_rows("", figures)))
    return 0


def calibrate(
    queries: Path,
    out: Path,
    *,
    entries: Path | None = None,
    promise: float = PROMISE,
    speech: bool = False,
    json: bool = False,
) -> int:
    """用已标注的问题校准把握：写出新的模型，并给出作答的门槛。

    Fits the confidence to questions whose right entry is known: writes the models, tells the thresholds.

    Parameters
    ----------
    queries
        每行一个 {"text": …, "answer_id": …} · JSON lines; `answer_id` null = nothing answers it.
    out
        写入的文件 · Where the models are written (TOML).
    entries
        知识条目，TOML 或 CSV；省略时用自带的 · TOML or CSV; the shipped entries without it.
    promise
        作答中至少多少是对的 · How many of the answers given have to be right, 0 to 1.
    speech
        问题来自语音识别 · The questions come from speech recognition.
    json
        输出 JSON · As JSON.
    """
    given = _given(queries, entries)
    if given is None:
        return CANNOT_RUN
    known, asked = given
    try:
        found = fit(Snapshot.build(known), asked, speech=speech, promise=promise)
    except ValueError as problem:
        Screen().complain([f"{queries}: 问题太少，或没有一条有答案：{problem}"])
        return CANNOT_RUN
    thresholds = found.thresholds
    out.write_text(thresholds.models.toml() if thresholds.models else "", "utf-8")
    figures = {"answer": thresholds.answer, "choice": thresholds.choice, "covered": found.covered}
    if json:
        print_json(figures)
    else:
        Screen().table(str(out), ("门槛 threshold", "值 value"), list(_rows("", figures)))
    return 0


def _given(queries: Path, entries: Path | None) -> tuple[tuple[Entry, ...], tuple[Query, ...]] | None:
    """The entries and the questions; None when they cannot be read, which was said."""
    try:
        known = shipped() if entries is None else _read(entries)
        return known, read_queries(queries.read_text("utf-8"))
    except KnowledgeError as problem:
        Screen().complain(str(problem).splitlines())
    except OSError as problem:
        Screen().complain([f"{problem.filename}: {problem.strerror}"])
    except (ValueError, KeyError) as problem:
        Screen().complain([f"{queries}: 每行应为 JSON，含 text 和 answer_id：{problem}"])
    return None


def _read(path: Path) -> tuple[Entry, ...]:
    text = path.read_text("utf-8-sig")
    return read_csv(text) if path.suffix.lower() == ".csv" else read_toml(text)


def _rows(prefix: str, figures: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Figures as lines, those of a table by their path (ms.p50)."""
    for name, value in figures.items():
        if isinstance(value, Mapping):
            yield from _rows(f"{prefix}{name}.", value)
        else:
            yield f"{prefix}{name}", _shown(value)


def _shown(value: object) -> str:
    return "-" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)
