"""Why a delivery is held or will not leave, and why a campaign stands still, in the words of the pages."""

from __future__ import annotations

from collections.abc import Mapping

from channels.outbox.gate import PAUSED
from channels.outbox.limits import DUPLICATE, FREQUENCY, QUOTA
from channels.outbox.suppression import EDUCATION, INVALID, NOTICE, SAFETY, SILENT, WARNING
from hub.web.i18n import msgid

REASONS: Mapping[str, str] = {
    "window": msgid("不在允许发送的时段"),
    FREQUENCY: msgid("已达到对同一人的发送次数上限"),
    DUPLICATE: msgid("同样的内容已发给此人"),
    QUOTA: msgid("部门的短信配额已用完"),
    PAUSED: msgid("群发已暂停"),
    "sent_elsewhere": msgid("旧平台已经发过"),
    "canceled": msgid("群发已取消"),
    "expired": msgid("已过有效期"),
    EDUCATION: msgid("此人不接收普法信息"),
    WARNING: msgid("此人不接收黄色、蓝色预警"),
    NOTICE: msgid("此人不接收通知"),
    SAFETY: msgid("此人不接收安全提示"),
    INVALID: msgid("号码或地址无效"),
    SILENT: msgid("此号码暂不接收自动短信"),
    "no_text": msgid("没有内容"),
    "unreadable": msgid("号码或内容无法读取"),
    "lease_over": msgid("发送途中系统中断"),
    "no_receipt": msgid("运营商一直没有回执"),
    "timeout": msgid("供应商超时未答复"),
    "not-reached": msgid("连不上供应商"),
    "adapter_failed": msgid("通道程序出错"),
    "unknown": msgid("原因不明"),
    # codes of providers: the address
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
    # the provider
    "14107": msgid("超过供应商限速"),
    "20429": msgid("超过供应商限速"),
    "20500": msgid("供应商内部错误"),
    "20503": msgid("供应商内部错误"),
    "21611": msgid("供应商队列已满"),
    "30001": msgid("供应商队列已满"),
}
"""By `Delivery.reason`; another code of a provider is shown as it is."""

_CAMPAIGN = (
    msgid("到点时系统未运行，已超过补发期限，没有发送"),
    msgid("到点时系统未运行，已超过有效期，没有发送"),
    msgid("超过有效期，未发完的部分不再发送"),
    msgid("发送渠道已停用，没有发送"),
    msgid("失败比例过高，已自动暂停"),
)
"""What `Campaign.reason` may say: its page translates it."""


def words_of(reason: str) -> str:
    """The words (Chinese, to be translated) of a reason as it is stored; of a mark with a code, those of the
    code."""
    code = reason.rpartition(":")[2]
    return REASONS.get(code, code)
