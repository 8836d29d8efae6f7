"""Words for what became of deliveries: why they ended, why they are not sent again, what a receipt says."""

from __future__ import annotations

from collections.abc import Mapping

from channels.contract import ReceiptState
from channels.outbox.delivery import MessageClass
from hub.actions.deliveries.redrive import Refusal
from hub.web.badges import Word
from hub.web.i18n import msgid

CLASS: Mapping[MessageClass, str] = {
    MessageClass.E0: msgid("红色、橙色预警"),
    MessageClass.E1: msgid("答复和一般预警"),
    MessageClass.N: msgid("办理通知"),
    MessageClass.L: msgid("普法宣传"),
}

REFUSAL: Mapping[Refusal, str] = {
    Refusal.DONE: msgid("已重新发送或已送达"),
    Refusal.MAY_HAVE_LEFT: msgid("普法短信可能已发出，不再重发"),
    Refusal.TOO_LATE: msgid("活动已过有效期"),
    Refusal.STOPPED: msgid("活动已终止"),
    Refusal.SUPPRESSED: msgid("号码无效或对方已退订"),
    Refusal.UNREADABLE: msgid("收件信息无法读取"),
}

REASON: Mapping[str, str] = {
    "expired": msgid("超过有效期未发出"),
    "window": msgid("可发送时段内来不及发出"),
    "no_text": msgid("没有正文"),
    "unreadable": msgid("收件信息无法读取"),
    "not-reached": msgid("连不上供应商"),
    "timeout": msgid("供应商没有及时答复"),
    "20429": msgid("发送太快，供应商不收"),
    "21211": msgid("号码无效"),
    "21612": msgid("没有到该号码的路由"),
    "21614": msgid("不是手机号码"),
    "21617": msgid("内容太长"),
    "30003": msgid("手机关机或不在服务区"),
    "30004": msgid("被拦截"),
    "30005": msgid("空号"),
    "30006": msgid("固定电话或号码不可达"),
    "30007": msgid("被运营商过滤"),
    "30008": msgid("运营商未说明原因"),
}
"""By code. A carrier's own code is shown as it is."""

RECEIPT: Mapping[ReceiptState, Word] = {
    ReceiptState.QUEUED: Word(msgid("已接收"), "info"),
    ReceiptState.SENT: Word(msgid("已发出"), "info"),
    ReceiptState.DELIVERED: Word(msgid("已送达"), "good", "check"),
    ReceiptState.READ: Word(msgid("已读"), "good", "check"),
    ReceiptState.UNDELIVERED: Word(msgid("未送达"), "bad", "warning"),
    ReceiptState.FAILED: Word(msgid("发送失败"), "bad", "warning"),
}


def reason_word(reason: str) -> str:
    """The source text for a row's reason, "" for a code that has none."""
    return REASON.get(reason.rpartition(":")[2], "")
