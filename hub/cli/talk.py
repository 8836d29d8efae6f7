"""`hub talk eval`: what the hub does about messages whose right treatment is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from channels.contract import ChannelKind
from hub.cli.run import CANNOT_RUN, print_json, run, settings_from
from hub.measure.count import Count, figures
from hub.measure.lines import Group, Line, read_lines
from hub.measure.play import play
from hub.runtime.clock import SystemClock, day_of, to_ms
from hub.runtime.console import Screen
from knowledge_base.errors import KnowledgeError

_NAMES: Mapping[Group, str] = {
    Group.DANGER: "险情 danger",
    Group.HARMLESS: "无险情 harmless",
    Group.ACCUSATION: "检举 accusation",
    Group.POLICE_MENTION: "只提到民警 police_mention",
    Group.QUESTIONS: "提问 questions",
}

_LEVELS: Mapping[str, str] = {
    "danger_sure": "险情\ndanger",
    "danger_possible": "疑似险情\npossible",
    "accusation_sure": "检举\naccusation",
    "accusation_possible": "疑似检举\npossible",
}

_COUNTS: Mapping[Count, str] = {
    Count.ANSWERED_RIGHT: "答对",
    Count.ANSWERED_WRONG: "答错",
    Count.ANSWERED_NEW: "用后来的条目作答",
    Count.OFFERED_RIGHT: "选项中有对的",
    Count.OFFERED_WRONG: "选项中没有对的",
    Count.PERSON_RIGHT: "应转人工",
    Count.PERSON_NEEDLESS: "不必转人工",
    Count.OTHER_RIGHT: "其他，处理正确",
    Count.OTHER_WRONG: "其他，处理不当",
}


def evaluate(
    file: Path,
    *,
    channel: Literal["chat", "sms", "voice"] = "chat",
    config: Path | None = None,
    json: bool = False,
) -> int:
    """用标注好的消息测量：险情、检举找到多少，提问答对多少。每行都在新的会话中，不碰正式数据。

    Plays messages through a hub of its own and counts what it did. Nothing of the real store is touched.

    Parameters
    ----------
    file
        每行一个 {"text": …, "label": …} 或 {"text": …, "accept": […]} · JSON lines.
    channel
        从哪个渠道来 · The channel they come over.
    config
        配置文件 · TOML file over the defaults: your own words.
    json
        输出 JSON · As JSON.
    """
    lines = _read(file)
    if lines is None:
        return CANNOT_RUN
    return run(_evaluate(lines, ChannelKind(channel), config, as_json=json))


async def _evaluate(lines: tuple[Line, ...], kind: ChannelKind, config: Path | None, *, as_json: bool) -> int:
    played = await play(lines, kind, settings_from(config), SystemClock())
    found = figures(played.results, played.born)
    if as_json:
        print_json(found)
    else:
        _show(found, played.engine)
    return 0


def _read(file: Path) -> tuple[Line, ...] | None:
    """The messages; None when they cannot be read, which was said. A file that does not say on which day it
    was judged is as old as its last change."""
    try:
        changed = day_of(to_ms(datetime.fromtimestamp(file.stat().st_mtime, UTC)))
        return read_lines(file.read_text("utf-8"), since=changed.isoformat())
    except KnowledgeError as problem:
        Screen().complain(str(problem).splitlines())
    except OSError as problem:
        Screen().complain([f"{file}: {problem.strerror}"])
    except UnicodeDecodeError as problem:
        Screen().complain([f"文件应为 UTF-8 编码 · not UTF-8: {problem}"])
    return None


def _show(found: Mapping[str, Any], engine: str) -> None:
    groups = [(name, found[group]) for group, name in _NAMES.items() if group in found]
    screen = Screen()
    screen.table(
        f"消息 messages · {engine or '只看字词 words alone'}",
        ("类别\ngroup", "条数\nn", *_LEVELS.values()),
        [
            (name, str(counts["n"]), *(_share(counts[key], counts["n"]) for key in _LEVELS))
            for name, counts in groups
        ],
    )
    if Group.QUESTIONS in found:
        screen.table("提问 questions", ("指标 figure", "值 value"), list(_questions(found[Group.QUESTIONS])))


def _questions(counts: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """The nine counts, and the three shares that are made of them."""
    for count, name in _COUNTS.items():
        yield f"{name} {count}", _share(counts[count], counts["n"])
    right, in_scope = counts[Count.ANSWERED_RIGHT], counts["in_scope"]
    yield "有条目可答 in_scope", str(in_scope)
    yield "作答正确率 direct precision", _share(right, right + counts[Count.ANSWERED_WRONG])
    yield "答对或选项中有 right or offered", _share(right + counts[Count.OFFERED_RIGHT], in_scope)
    yield "直接答对 direct share", _share(right, in_scope)


def _share(count: int, of: int) -> str:
    return f"{count}  {count / of:.1%}" if of else "-"
