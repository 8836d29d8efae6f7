"""Words of the departments' pages."""

from __future__ import annotations

from collections.abc import Mapping

from channels.outbox.delivery import MessageClass
from hub.model.departments.callback import CallbackState
from hub.model.departments.department_key import KeyState, Scope
from hub.model.departments.submission import TextState
from hub.web.badges import Word
from hub.web.i18n import msgid

CLASS: Mapping[MessageClass, str] = {
    MessageClass.E0: msgid("E0 紧急预警"),
    MessageClass.E1: msgid("E1 验证码、本人等待的短信"),
    MessageClass.N: msgid("N 办事通知"),
    MessageClass.L: msgid("L 普法宣传"),
}
SCOPE: Mapping[Scope, str] = {
    Scope.SMS_SUBMIT: msgid("提交短信"),
    Scope.SMS_READ: msgid("查询状态和配额"),
    Scope.NOTICE_SUBMIT: msgid("提交预审结果和一次性告知"),
}
KEY: Mapping[KeyState, Word] = {
    KeyState.WORKS: Word(msgid("使用中"), "good", "check"),
    KeyState.ENDS: Word(msgid("即将停用"), "warn", "clock"),
    KeyState.ENDED: Word(msgid("已到期"), "neutral", "stop"),
    KeyState.REVOKED: Word(msgid("已停用"), "neutral", "stop"),
}
CALLBACK: Mapping[CallbackState, Word] = {
    CallbackState.DUE: Word(msgid("待推送"), "info", "clock"),
    CallbackState.DONE: Word(msgid("已收到"), "good", "check"),
    CallbackState.GIVEN_UP: Word(msgid("已放弃"), "bad", "alert"),
}
TEXT: Mapping[TextState, Word] = {
    TextState.UNDELIVERED: Word(msgid("未送达"), "bad", "alert"),
    TextState.FAILED: Word(msgid("发送失败"), "bad", "alert"),
    TextState.SUPPRESSED: Word(msgid("免打扰"), "neutral", "stop"),
    TextState.EXPIRED: Word(msgid("已过期"), "warn", "clock"),
    TextState.CANCELED: Word(msgid("已取消"), "neutral", "stop"),
    TextState.UNKNOWN: Word(msgid("没有回执"), "warn", "warning"),
}
"""Of texts that did not arrive."""
PROBLEM: Mapping[str, str] = {
    "no_key": msgid("没有可用的密钥，签不了名"),
    "unreadable": msgid("内容无法读取"),
    "host_not_allowed": msgid("主机不在名单内"),
    "address_not_allowed": msgid("域名指向不允许的地址"),
    "not_reached": msgid("连接不上"),
    "bad_address": msgid("地址无法识别"),
    "AnswerLost": msgid("没有在限时内应答"),
    "AnswerTooLarge": msgid("应答太长"),
}
"""Why a receipt was not taken, by code."""
