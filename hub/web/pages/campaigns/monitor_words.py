"""Words for what happens to deliveries: why they failed, why they wait, which carrier, which lane."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from campaigns.totals import Carrier
from hub.web.delivery_reasons import REASONS
from hub.web.i18n import Translator, msgid

CARRIER: Mapping[Carrier, str] = {
    Carrier.MOBILE: msgid("中国移动"),
    Carrier.UNICOM: msgid("中国联通"),
    Carrier.TELECOM: msgid("中国电信"),
    Carrier.BROADNET: msgid("中国广电"),
    Carrier.OTHER: msgid("其他号码"),
}
"""By the prefix; a number that was carried over to another carrier keeps it."""

LANE: Mapping[int, str] = {
    0: msgid("最先：红色、橙色预警"),
    1: msgid("优先：答复和黄色、蓝色预警"),
    2: msgid("普通：业务通知"),
    3: msgid("最后：法治宣传"),
}


def reason_words(code: str, _: Translator) -> str:
    """Why, in words; a code without words stays readable as one."""
    if code in REASONS:
        return _(REASONS[code])
    return _("代码 %(code)s", code=code)


def seconds_words(seconds: int, _: Translator) -> str:
    """A length of time: `5 秒`, `3 分钟`, `2 小时`."""
    if seconds < 120:
        return _("%(count)s 秒", count=seconds)
    if seconds < 7200:
        return _("%(count)s 分钟", count=seconds // 60)
    return _("%(count)s 小时", count=seconds // 3600)


@dataclass(frozen=True, slots=True)
class Share:
    """One line of a Pareto: how many, and which percent of all they are together with those before."""

    words: str
    number: int
    percent: int
    together: int


def pareto(codes: Sequence[tuple[str, int]], _: Translator) -> list[Share]:
    """Codes with numbers, the most first, in words."""
    total, before = sum(number for _code, number in codes), 0
    shares = []
    for code, number in codes:
        before += number
        shares.append(
            Share(reason_words(code, _), number, round(100 * number / total), round(100 * before / total))
        )
    return shares
