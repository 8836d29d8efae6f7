"""`hub talk calibrate`: fits the models of danger and accusations to another engine, or with own texts."""

from __future__ import annotations

import asyncio
import json as json_lines
from collections.abc import Iterable, Mapping
from pathlib import Path

from hub.cli.run import CANNOT_RUN, print_json, settings_from
from hub.model.cases.triage_decision import DecisionKind
from hub.repositories.repositories import repositories
from hub.runtime.clock import SystemClock
from hub.runtime.console import Screen
from hub.settings.problems import SettingsProblem
from hub.settings.settings import Settings
from hub.store.crypto import KeyProblem
from hub.store.documents import MAX_LIMIT, Refused, StoreUnavailable
from hub.wiring.encoder import encoder_of
from hub.wiring.store import open_store, open_vault
from knowledge_base.errors import KnowledgeError
from knowledge_base.meaning.safety import stored
from knowledge_base.measure.safety_fit import LABELS, Recall, Sentence, fitted, shipped_sentences


def calibrate(
    out: Path,
    *,
    sentences: Path | None = None,
    decisions: bool = False,
    config: Path | None = None,
    json: bool = False,
) -> int:
    """重新训练险情和检举的判断模型：换了语义引擎，或加入本单位标注的句子之后。需要几分钟。

    Fits the models of danger and accusations; prints what they find of writers they were not fitted to.

    Parameters
    ----------
    out
        写入的目录，填入 knowledge.safety · The folder they are written to.
    sentences
        本单位的句子，每行一个 {"text": …, "label": …} · Own sentences, JSON lines.
    decisions
        加入本单位对险情的判断（误报、确认险情），不含保密隔离内的；使用 SQLite 时先停止服务 ·
        Also what the office decided about danger, nothing of the compartment; stop a hub on SQLite first.
    config
        配置文件 · TOML file over the defaults.
    json
        输出 JSON · As JSON.
    """
    try:
        own = _read(sentences) if sentences else []
        own += asyncio.run(decided(settings_from(config))) if decisions else []
        encoder, problem_of_engine = encoder_of(settings_from(config))
    except SettingsProblem as unusable:
        Screen().complain(unusable.problems)
        return CANNOT_RUN
    except (KeyProblem, Refused, StoreUnavailable) as problem:
        Screen().complain(str(problem).splitlines())
        return CANNOT_RUN
    except (KnowledgeError, OSError, UnicodeDecodeError) as problem:
        Screen().complain([f"{sentences}: {problem}"])
        return CANNOT_RUN
    if problem_of_engine:
        Screen().complain([f"knowledge.encoder: {problem_of_engine}"])
        return CANNOT_RUN
    try:
        models, found = fitted([*shipped_sentences(), *own], encoder)
    except KnowledgeError as problem:
        Screen().complain([str(problem)])
        return CANNOT_RUN
    out.mkdir(parents=True, exist_ok=True)
    for name, content in stored(models).items():
        (out / name).write_bytes(content)
    rows = _rows(found)
    if json:
        print_json(rows)
    else:
        Screen().table(
            f"{out} · {encoder.name if encoder else '只看字词 words alone'}",
            ("类别\nsubject", "确定\nsure", "含疑似\nor possible", "误报\nfalse", "含疑似误报\nor possible"),
            [(name, *(f"{share:.1%}" for share in shares.values())) for name, shares in rows.items()],
        )
    return 0


def _rows(found: Iterable[Recall]) -> Mapping[str, Mapping[str, float]]:
    return {
        one.subject: {
            "sure": one.sure,
            "possible": one.possible,
            "false_sure": one.false_sure,
            "false_possible": one.false_possible,
        }
        for one in found
    }


_LABELS: Mapping[DecisionKind, str] = {
    DecisionKind.FALSE_ALARM: "harmless",
    DecisionKind.REAL_DANGER: "danger",
}


async def decided(settings: Settings) -> list[Sentence]:
    """What the office decided about danger, as labelled sentences."""
    documents = await open_store(settings, SystemClock())
    try:
        stores = repositories(documents, await open_vault(settings, documents), cities={})
        found = []
        for kind, label in _LABELS.items():
            made = await stores.triage_decisions.newest(kind, limit=MAX_LIMIT)
            walled = await stores.cases.walled([one.case_id for one in made])
            found += [
                Sentence("decisions", label, one.text)
                for one in made
                if one.text.strip() and one.case_id not in walled
            ]
        return found
    finally:
        await documents.close()


def _read(path: Path) -> list[Sentence]:
    """Raises KnowledgeError naming the line."""
    found = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        try:
            row = json_lines.loads(line)
            label, text = row["label"], row["text"]
        except (ValueError, KeyError, TypeError):
            label, text = "", ""
        if label not in LABELS or not isinstance(text, str) or not text.strip():
            raise KnowledgeError(f"第 {number} 行格式不对 / line {number} does not fit")
        found.append(Sentence("own", label, text))
    return found
