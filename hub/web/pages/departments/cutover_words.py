"""Words of the page of a department's cut-over."""

from __future__ import annotations

from collections.abc import Mapping

from channels.outbox.limits import DUPLICATE
from hub.actions.departments.cutover.checklist import Line, LineState
from hub.model.departments.cutover import Phase
from hub.model.departments.sent_once import Stopped
from hub.model.departments.shadow import OLD_REFUSED, PARTS
from hub.web.badges import Word
from hub.web.delivery_reasons import words_of
from hub.web.i18n import msgid

PHASE: Mapping[Phase, Word] = {
    Phase.OLD: Word(msgid("旧平台"), "neutral", "clock"),
    Phase.SHADOW: Word(msgid("影子"), "info", "info"),
    Phase.NEW: Word(msgid("新平台"), "good", "check"),
}
PHASE_NOTE: Mapping[Phase, str] = {
    Phase.OLD: msgid("由旧平台发送，本平台不接收正式短信"),
    Phase.SHADOW: msgid("由旧平台发送，副本送本平台比对，不发送、不计配额"),
    Phase.NEW: msgid("由本平台发送"),
}
MOVE: Mapping[tuple[Phase, Phase], str] = {
    (Phase.OLD, Phase.SHADOW): msgid("开始影子运行"),
    (Phase.SHADOW, Phase.NEW): msgid("切换到新平台"),
    (Phase.SHADOW, Phase.OLD): msgid("停止影子运行"),
    (Phase.NEW, Phase.SHADOW): msgid("退回影子运行"),
    (Phase.NEW, Phase.OLD): msgid("立即退回旧平台"),
}
LINE: Mapping[Line, str] = {
    Line.CONTRACT: msgid("合同有效，速率和单价已填写"),
    Line.EXTENSION: msgid("发送号码和扩展号已登记"),
    Line.SIGNATURE: msgid("签名已登记"),
    Line.QUOTA: msgid("配额已填写"),
    Line.KEYS: msgid("正式密钥已使用"),
    Line.NETWORKS: msgid("密钥限制了来源地址"),
    Line.CALLBACK: msgid("回执推送已验证"),
    Line.SHADOW: msgid("影子运行没有差异"),
    Line.IMPORTED: msgid("名单、模板和关键词已导入并签收"),
    Line.CONFLICTS: msgid("与其他部门没有冲突"),
    Line.TESTED: msgid("测试号码收到了短信，签名和号码正确"),
    Line.OLD_STOPS: msgid("旧平台停止发送的办法和负责人已确定"),
    Line.FALLBACK: msgid("退回旧平台的办法演练过，值班电话已交换"),
}
LINE_STATE: Mapping[LineState, Word] = {
    LineState.DONE: Word(msgid("已具备"), "good", "check"),
    LineState.OPEN: Word(msgid("未完成"), "warn", "warning"),
    LineState.NOT_NEEDED: Word(msgid("不需要"), "neutral", "stop"),
}
STOPPED: Mapping[Stopped, Word] = {
    Stopped.AT_HUB: Word(msgid("旧平台已发，本平台未再发"), "good", "check"),
    Stopped.AT_OLD: Word(msgid("本平台已发，已告知旧平台不要再发"), "info", "info"),
    Stopped.NOWHERE: Word(msgid("两边都发了"), "bad", "alert"),
}
_DIFFERENCE: Mapping[str, str] = {
    OLD_REFUSED: msgid("旧平台没有发，本平台会发"),
    PARTS: msgid("两边计算的条数不同"),
    DUPLICATE: msgid("旧平台重复发送同样的内容"),
    "invalid_number": msgid("号码无效"),
    "repeated_number": msgid("同一请求中号码重复"),
    "no_valid_number": msgid("没有一个有效号码"),
    "signature_unknown": msgid("签名没有登记"),
    "template_unknown": msgid("模板没有登记"),
    "variable_missing": msgid("缺少模板变量"),
    "variable_unknown": msgid("模板中没有该变量"),
    "text_or_template": msgid("正文和模板没有或都填写了"),
    "text_too_long": msgid("内容超长"),
    "sender_not_allowed": msgid("号码通道没有登记"),
    "extension_not_allowed": msgid("扩展号没有登记"),
    "no_channel": msgid("没有可用的短信通道"),
    "class_not_allowed": msgid("密钥不能发该级别"),
    "responsible_not_named": msgid("E0 没有写明责任人"),
    "callback_not_allowed": msgid("回执地址不允许"),
    "already_over": msgid("已过有效期"),
    "too_late": msgid("时间太晚"),
    "rate": msgid("超出合同速率"),
    "daily_quota": msgid("超出每日配额"),
    "monthly_quota": msgid("超出每月配额"),
}


def difference(reason: str) -> str:
    """The words (Chinese, to be translated) of a difference's reason."""
    return _DIFFERENCE.get(reason) or words_of(reason)
