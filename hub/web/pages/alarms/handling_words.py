"""Words of what is done about an alarm after it was received."""

from __future__ import annotations

from collections.abc import Mapping

from hub.model.alarms.alarm import Way
from hub.model.alarms.handling import Outcome, StepKind
from hub.model.alarms.times import Span
from hub.web.badges import Word
from hub.web.i18n import Translator, msgid

LIFE: Mapping[str, Word] = {
    "raised": Word(msgid("收到报警"), "info", "bell"),
    "confirmed": Word(msgid("接警确认"), "good", "check"),
    "forwarded": Word(msgid("转 110"), "info", "send"),
    "passed": Word(msgid("移交"), "info", "send"),
    "untaken": Word(msgid("各种方式都无人接收，已提醒运维人员"), "bad", "alert"),
    "dismissed": Word(msgid("记为误报"), "neutral", "stop"),
    StepKind.DISPATCHED: Word(msgid("派警"), "info", "send"),
    StepKind.ARRIVED: Word(msgid("到场"), "good", "person"),
    StepKind.FEEDBACK: Word(msgid("反馈"), "good", "message"),
    StepKind.CORRECTED: Word(msgid("更正"), "warn", "pen"),
}
BY: Mapping[Way, str] = {
    Way.WEBHOOK: msgid("系统对接"),
    Way.TEXT: msgid("短信"),
    Way.TELEPHONE: msgid("电话"),
    Way.PAGE: msgid("警情台页面"),
}
OUTCOMES: Mapping[Outcome, str] = {
    Outcome.HANDLED: msgid("现场处置完毕"),
    Outcome.HELPED: msgid("已救助"),
    Outcome.SETTLED: msgid("已调解"),
    Outcome.INVESTIGATED: msgid("移交办案部门"),
    Outcome.PASSED_ON: msgid("移交其他部门"),
    Outcome.NOT_FOUND: msgid("到场未发现警情"),
    Outcome.ADVISED: msgid("无需出警，已答复"),
    Outcome.REPEATED: msgid("重复报警"),
    Outcome.MISTAKEN: msgid("误报"),
    Outcome.HOAX: msgid("谎报"),
}
SPANS: Mapping[Span, str] = {
    Span.RECEIVED: msgid("报警→接警"),
    Span.DISPATCHED: msgid("接警→派警"),
    Span.ARRIVED: msgid("派警→到场"),
    Span.FEEDBACK: msgid("到场→反馈"),
    Span.WHOLE: msgid("报警→反馈（全程）"),
}


def duration(seconds: int, _: Translator) -> str:
    """`45 秒`, `3 分 20 秒`, `1 分`, `2 小时 5 分`, `3 天 4 小时`: at most two parts, none of them zero."""
    if seconds < _MINUTE:
        return _("%(count)s 秒", count=seconds)
    if seconds < _HOUR:
        minutes, rest = divmod(seconds, _MINUTE)
        if rest:
            return _("%(minutes)s 分 %(seconds)s 秒", minutes=minutes, seconds=rest)
        return _("%(minutes)s 分", minutes=minutes)
    if seconds < _DAY:
        hours, rest = seconds // _HOUR, seconds % _HOUR // _MINUTE
        if rest:
            return _("%(hours)s 小时 %(minutes)s 分", hours=hours, minutes=rest)
        return _("%(hours)s 小时", hours=hours)
    days, rest = seconds // _DAY, seconds % _DAY // _HOUR
    return _("%(days)s 天 %(hours)s 小时", days=days, hours=rest) if rest else _("%(days)s 天", days=days)


_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
