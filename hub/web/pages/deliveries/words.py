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
    MessageClass.L: msgid("法治宣传"),
}

REFUSAL: Mapping[Refusal, str] = {
    Refusal.DONE: msgid("已重新发送或已送达"),
    Refusal.MAY_HAVE_LEFT: msgid("普法短信可能已发出，不再重发"),
    Refusal.TOO_LATE: msgid("活动已过有效期"),
    Refusal.STOPPED: msgid("活动已终止"),
    Refusal.SUPPRESSED: msgid("号码无效或对方已退订"),
    Refusal.UNREADABLE: msgid("收件信息无法读取"),
}

RECEIPT: Mapping[ReceiptState, Word] = {
    ReceiptState.QUEUED: Word(msgid("已接收"), "info"),
    ReceiptState.SENT: Word(msgid("已发出"), "info"),
    ReceiptState.DELIVERED: Word(msgid("已送达"), "good", "check"),
    ReceiptState.READ: Word(msgid("已读"), "good", "check"),
    ReceiptState.UNDELIVERED: Word(msgid("未送达"), "bad", "warning"),
    ReceiptState.FAILED: Word(msgid("发送失败"), "bad", "warning"),
}
