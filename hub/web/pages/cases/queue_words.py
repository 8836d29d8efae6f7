"""The queue in the words of the office: views and their groups, filters, columns, the days that are left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hub.actions.cases.queue.query import NOBODY, Flag
from hub.actions.cases.queue.views import QueueView
from hub.model.cases.case import Case
from hub.model.cases.queue.order import DAY_MS, Stage, stage_at
from hub.model.cases.queue.settings import QueueColumn
from hub.runtime.clock import day_of
from hub.web import badges
from hub.web.i18n import Translator, msgid
from hub.web.pages.cases.clock_words import CLOCK

_V = QueueView
VIEWS: Mapping[QueueView, str] = {
    _V.ALL: msgid("全部待办"),
    _V.MINE: msgid("我的"),
    _V.LATER: msgid("稍后"),
    _V.UNASSIGNED: msgid("未分派"),
    _V.WAITING: msgid("等待答复"),
    _V.EMERGENCY: msgid("紧急"),
    _V.POSSIBLE: msgid("疑似险情"),
    _V.SCREENING: msgid("待甄别"),
    _V.OVERDUE: msgid("已超期"),
    _V.TODAY: msgid("今日到期"),
    _V.DUE_SOON: msgid("将到期"),
    _V.NOTIFY: msgid("待受理告知"),
    _V.RECEIVE: msgid("待签收"),
    _V.ANSWERED: msgid("待补充已回复"),
    _V.SIGN: msgid("待审签"),
    _V.DELIVER: msgid("待送达"),
    _V.CALL_BACK: msgid("待回访"),
    _V.SUPERVISED: msgid("督办"),
    _V.REMINDED: msgid("催办"),
    _V.CLOSED: msgid("已办结"),
}

MORE = msgid("更多视图")
"""The group that is folded."""
GROUPS: Mapping[str, tuple[QueueView, ...]] = {
    msgid("待办"): (
        _V.ALL,
        _V.MINE,
        _V.LATER,
        _V.UNASSIGNED,
        _V.WAITING,
        _V.EMERGENCY,
        _V.POSSIBLE,
        _V.SCREENING,
    ),
    msgid("期限"): (_V.OVERDUE, _V.TODAY, _V.DUE_SOON, _V.NOTIFY),
    MORE: (
        _V.RECEIVE,
        _V.ANSWERED,
        _V.SIGN,
        _V.DELIVER,
        _V.CALL_BACK,
        _V.SUPERVISED,
        _V.REMINDED,
        _V.CLOSED,
    ),
}

FILTERS: Mapping[str, str] = {
    "channel": msgid("渠道"),
    "track": msgid("类型"),
    "region": msgid("地区"),
    "unit": msgid("承办单位"),
    "handler": msgid("承办人"),
    "clock": msgid("时限"),
    "flag": msgid("标记"),
    "tag": msgid("标签"),
    "since": msgid("收到时间从"),
    "until": msgid("收到时间到"),
}

WORDS: Mapping[str, Mapping[str, str]] = {
    "track": {track: word.text for track, word in badges.TRACK.items()},
    "clock": {str(name): text for name, text in CLOCK.items()},
    "handler": {NOBODY: msgid("无人承办")},
    "unit": {NOBODY: msgid("本机关（未转单位）")},
    "flag": {
        Flag.URGENT: msgid("加急"),
        Flag.POSSIBLE_DANGER: msgid("疑似险情"),
        Flag.REPEATED: msgid("重复"),
        Flag.JOINT: msgid("联名"),
        Flag.STABILITY: msgid("涉稳"),
        Flag.FRAIL: msgid("老弱"),
        Flag.DIALECT: msgid("方言"),
        Flag.SUPERVISED: msgid("督办"),
        Flag.REMINDED: msgid("催办"),
        Flag.LATE_REQUEST: msgid("逾期申请"),
        Flag.PARTIAL: msgid("未说完"),
        Flag.UNDELIVERED: msgid("未送达"),
    },
}
"""What a filter's values are called where they are a closed set."""

FLAGS_SHOWN: Mapping[str, str] = {
    flag: WORDS["flag"][flag]
    for flag in (Flag.REPEATED, Flag.JOINT, Flag.STABILITY, Flag.FRAIL, Flag.DIALECT)
}
"""Flags of a case that its row names."""

COLUMNS: Mapping[QueueColumn, str] = {
    QueueColumn.TRACK: msgid("类型"),
    QueueColumn.FROM: msgid("来源"),
    QueueColumn.REGION: msgid("地区"),
    QueueColumn.UNIT: msgid("承办单位"),
    QueueColumn.HANDLER: msgid("承办人"),
    QueueColumn.STATE: msgid("状态"),
    QueueColumn.LIMIT: msgid("剩余时限"),
    QueueColumn.WAIT: msgid("等待"),
    QueueColumn.RECEIVED: msgid("收到时间"),
}

PROBLEMS: Mapping[str, str] = {
    "name": msgid("请用 1–20 个字为视图起名"),
    "taken": msgid("已有同名的视图，请换一个名称"),
    "full": msgid("保存的视图已满，请先删除不用的"),
}
"""Why a view was not saved."""

_KINDS: Mapping[Stage, str] = {Stage.BREACHED: "bad", Stage.LAST_DAY: "bad", Stage.THREE_DAYS: "warn"}


@dataclass(frozen=True, slots=True)
class Left:
    """What is left to a limit. kind: bad | warn | good. clock: whose; statutory: by law, else by policy."""

    text: str
    kind: str
    clock: str
    statutory: bool


def left_of(case: Case, now: int, _: Translator) -> Left:
    """In days as people count them: the last day is today until it ends."""
    text = _left_text(case.limit_at, now, _)
    kind = _KINDS.get(stage_at(case.limit_at, now), "good")
    words = {str(name): word for name, word in CLOCK.items()}
    return Left(text, kind, words.get(case.limit_clock, ""), case.limit_statutory)


def _left_text(limit_at: int, now: int, _: Translator) -> str:
    if now >= limit_at:
        days = max(1, -(-(now - limit_at) // DAY_MS))
        return _("超期 %(days)s 天", days=days)
    days = (day_of(limit_at - 1) - day_of(now)).days
    return _("剩 %(days)s 天", days=days) if days else _("今天到期")
