"""What rates and views of the board are called, and how its numbers are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hub.actions.cases.queue.views import QueueView
from hub.model.supervision.month import Part
from hub.model.supervision.rates import RateName
from hub.web.i18n import Translator, msgid

_N = RateName
RATES: Mapping[RateName, str] = {
    _N.ON_TIME: msgid("按期办结率"),
    _N.REWORKED: msgid("重办率"),
    _N.SATISFIED: msgid("满意率"),
    _N.REPEATED: msgid("重复率"),
    _N.NOTICE: msgid("按期受理告知率"),
    _N.EFFICIENCY: msgid("初次信访事项办理效率"),
    _N.CONTACTED: msgid("初次信访办理联系率"),
    _N.PETITIONS_REPEATED: msgid("重复信访率"),
    _N.PUBLISHED: msgid("公开回复率"),
    _N.ORGAN_SATISFIED: msgid("信访机构参评满意率"),
    _N.UNIT_SATISFIED: msgid("职能部门参评满意率"),
}
MEANS: Mapping[RateName, str] = {
    _N.ON_TIME: msgid("没有超期的 ÷ 已答复或办结的"),
    _N.REWORKED: msgid("重新办理过的 ÷ 已答复或办结的"),
    _N.SATISFIED: msgid("4 分和 5 分 ÷ 已评价的"),
    _N.REPEATED: msgid("标记为重复的 ÷ 收到的"),
    _N.NOTICE: msgid("期限内告知的 ÷ 已告知或已到期的，身份不清的不计"),
    _N.EFFICIENCY: msgid("期限内办结的 ÷ 已办结或已到期的初次信访事项"),
    _N.CONTACTED: msgid("办理中联系过信访人的 ÷ 已受理的初次信访事项"),
    _N.PETITIONS_REPEATED: msgid("标记为重复的 ÷ 收到的信访事项"),
    _N.PUBLISHED: msgid("尚未开通公开答复"),
    _N.ORGAN_SATISFIED: msgid("4 分和 5 分 ÷ 已评价的，由本机关直接答复的信访事项"),
    _N.UNIT_SATISFIED: msgid("4 分和 5 分 ÷ 已评价的，由责任单位答复的信访事项"),
}
NOW: Mapping[QueueView, str] = {
    QueueView.ALL: msgid("在办"),
    QueueView.OVERDUE: msgid("已超期"),
    QueueView.TODAY: msgid("今天到期"),
    QueueView.DUE_SOON: msgid("将到期"),
    QueueView.UNASSIGNED: msgid("未分派"),
    QueueView.SIGN: msgid("待审签"),
    QueueView.SUPERVISED: msgid("督办"),
    QueueView.REMINDED: msgid("催办"),
}
PARTS: Mapping[Part, str] = {
    Part.CHANNEL: msgid("按渠道"),
    Part.TRACK: msgid("按类型"),
    Part.REGION: msgid("按地区"),
}
"""Parts that have a table of their own, in this order."""

FEW = 5
"""Numbers below it are not told in what is shared outside: a small cell names a person."""

_MINUTE, _HOUR, _DAY = 60_000, 3_600_000, 86_400_000
_UNITS: Sequence[tuple[int, str]] = (
    (_DAY, msgid("%(count)s 天内")),
    (_HOUR, msgid("%(count)s 小时内")),
    (_MINUTE, msgid("%(count)s 分钟内")),
)


def within(ms: int | None, _: Translator) -> str:
    """A step of the histogram of first responses, in words; None: there are none; 0: beyond the last."""
    if ms is None:
        return "–"
    if not ms:
        return _("超过 30 天")
    size, text = next((size, text) for size, text in _UNITS if ms >= size and not ms % size)
    return _(text, count=ms // size)


def percent(share: float | None) -> str:
    """A share with one digit behind the point, "–" for none."""
    return "–" if share is None else f"{100 * share:.1f}%"


def few(number: int, *, shared: bool) -> int | str:
    """The number, hidden where it is small and leaves the office."""
    return f"<{FEW}" if shared and 0 < number < FEW else number
