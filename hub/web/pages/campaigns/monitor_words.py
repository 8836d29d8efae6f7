"""Words for what happens to deliveries: why they failed, why they wait, which carrier, which lane."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from campaigns.totals import Carrier
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
    2: msgid("普通：通知"),
    3: msgid("最后：普法"),
}

REASON: Mapping[str, str] = {
    # the address
    "21211": msgid("号码无效"),
    "21214": msgid("号码无法接通"),
    "21217": msgid("号码格式不对"),
    "21408": msgid("该地区未开通"),
    "21612": msgid("没有到该号码的线路"),
    "21614": msgid("不是手机号码"),
    "30005": msgid("空号"),
    "30006": msgid("座机或无法到达的运营商"),
    # the telephone and the way to it
    "30003": msgid("手机关机或不在服务区"),
    "30008": msgid("运营商未说明原因"),
    "30017": msgid("运营商拥塞"),
    "30410": msgid("运营商超时未回应"),
    # the text
    "21602": msgid("没有内容"),
    "21617": msgid("内容超长"),
    "30004": msgid("被对方拦截"),
    "30007": msgid("被运营商过滤"),
    "30034": msgid("发送号码未在该线路报备"),
    "30454": msgid("被供应商拦截"),
    "no_text": msgid("没有内容"),
    "unreadable": msgid("地址无法解密"),
    # the provider
    "14107": msgid("超过供应商限速"),
    "20429": msgid("超过供应商限速"),
    "20500": msgid("供应商内部错误"),
    "20503": msgid("供应商内部错误"),
    "21611": msgid("供应商队列已满"),
    "30001": msgid("供应商队列已满"),
    "timeout": msgid("供应商超时未答复"),
    "adapter_failed": msgid("通道程序出错"),
    "lease_over": msgid("发送中断"),
    # why something waits
    "paused": msgid("已暂停"),
    "window": msgid("不在发送时段"),
    "quota": msgid("部门配额用完"),
    "frequency": msgid("近期已收到过，按频次限制等待"),
    "unknown": msgid("原因不明"),
}
"""Codes of providers and of our own gate. What is not here is shown as it is."""


def reason_words(code: str, _: Translator) -> str:
    """Why, in words; a code without words stays readable as one."""
    if code in REASON:
        return _(REASON[code])
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
