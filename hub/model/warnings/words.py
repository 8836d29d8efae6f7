"""What a warning says on a page and in a text; the order of docs/warnings.md.

Title: unit, 发布 (更新, 解除), event, colour, 预警. Body: when and by whom, type and colour, what is
expected, then what to do. One place, so that a text, a page, a voice line and a feed say the same.
"""

from __future__ import annotations

from channels.outbox.delivery import WarningLevel
from hub.model.warnings.events import EventTable
from hub.model.warnings.message import MessageKind
from hub.model.warnings.warning import LEVEL_WORDS, SafetyNotice, Warning
from hub.runtime.clock import to_local

_VERBS = {MessageKind.FIRST: "发布", MessageKind.UPDATE: "更新", MessageKind.LIFT: "解除"}
DRILL = "演练，不是真实预警："
"""Stands before every text of a drill."""


def headline(
    content: Warning | SafetyNotice, kind: MessageKind, events: EventTable, *, update_verb: str = ""
) -> str:
    """`示例市公安局发布道路结冰黄色预警`; what was written by hand stands for itself. update_verb: of the
    platform's, instead of 更新."""
    if isinstance(content, SafetyNotice):
        return content.title if kind is not MessageKind.LIFT else f"解除：{content.title}"
    if content.headline and kind is MessageKind.FIRST:
        return content.headline
    verb = update_verb if kind is MessageKind.UPDATE and update_verb else _VERBS[kind]
    return f"{content.unit.name}{verb}{named(content, events)}"


def named(warning: Warning, events: EventTable) -> str:
    """`道路结冰黄色预警`."""
    return f"{events.named(warning.event)}{LEVEL_WORDS.get(warning.level, '')}预警"


def text(
    content: Warning | SafetyNotice,
    kind: MessageKind,
    events: EventTable,
    *,
    at: int,
    was: WarningLevel = WarningLevel.NONE,
    reason: str = "",
) -> str:
    """The text of a message, without the signature of its channel.

    at: when it is released. was: the level before an update. reason: why it is lifted, or what is corrected.
    """
    title = headline(content, kind, events)
    if kind is MessageKind.LIFT:
        return f"{when(at)}，{title}。{reason}" if reason else f"{when(at)}，{title}。"
    if isinstance(content, SafetyNotice):
        return f"{title}。{_ends(content.text)}"
    change = ""
    if kind is MessageKind.UPDATE and was and was is not content.level:
        change = f"级别由{LEVEL_WORDS[was]}调整为{LEVEL_WORDS[content.level]}。"
    correction = f"更正：{_ends(reason)}" if kind is MessageKind.UPDATE and reason else ""
    places = "、".join(area.name for area in content.areas)
    span = f"{when(content.starts_at)}至{when(content.expires_at)}"
    return (
        f"{when(at)}，{title}。{change}{correction}影响{places}，{span}。"
        f"{_ends(content.cautions)}{_ends(content.measures)}"
    )


def spoken(content: Warning, events: EventTable) -> str:
    """What a voice line says before anything else."""
    places = "、".join(area.name for area in content.areas)
    return f"现在有{named(content, events)}，影响{places}。{_ends(content.cautions)}{_ends(content.measures)}"


def when(at: int) -> str:
    """`1月5日6时30分`, Beijing time."""
    local = to_local(at)
    return f"{local.month}月{local.day}日{local.hour}时{local.minute}分"


def _ends(sentence: str) -> str:
    """With a full stop."""
    bare = sentence.strip()
    return bare if not bare or bare[-1] in "。！？!?." else f"{bare}。"
