"""Clocks in the words of the office."""

from __future__ import annotations

from collections.abc import Mapping

from hub.model.cases.clock_names import ClockName
from hub.web.i18n import msgid

CLOCK: Mapping[ClockName, str] = {
    ClockName.ACK: msgid("登记回执"),
    ClockName.FORWARD_15: msgid("登记转送"),
    ClockName.NOTIFY_15: msgid("受理告知"),
    ClockName.OBJECT_5WD: msgid("单位提出异议"),
    ClockName.HANDLE_60: msgid("办理"),
    ClockName.EXT: msgid("延长办理"),
    ClockName.HANDLE_REMAND: msgid("重新办理"),
    ClockName.FUCHA_WINDOW: msgid("群众申请复查"),
    ClockName.FUCHA_30: msgid("复查"),
    ClockName.FUHE_WINDOW: msgid("群众申请复核"),
    ClockName.FUHE_30: msgid("复核"),
    ClockName.REPORT_ACCEPT: msgid("检举受理告知"),
    ClockName.REPORT_FIRST: msgid("检举初查"),
    ClockName.REPORT_INVEST: msgid("检举核查"),
    ClockName.REPORT_FEEDBACK: msgid("检举反馈"),
    ClockName.REPORT_OBJECTION: msgid("举报人提出异议"),
    ClockName.CONSULT: msgid("咨询答复"),
    ClockName.SERVICE_HELP: msgid("求助办理"),
    ClockName.SERVICE_COMPLAINT: msgid("投诉办理"),
    ClockName.SERVICE_COMPLEX: msgid("复杂事项办理"),
    ClockName.SUGGEST: msgid("建议答复"),
    ClockName.FIRST_CONTACT: msgid("首次联系"),
    ClockName.CALLBACK: msgid("回访"),
    ClockName.REDO: msgid("重办"),
    ClockName.NEED_INFO_10: msgid("群众补充材料"),
    ClockName.SUPERVISE: msgid("督办、交办"),
    ClockName.ADVICE_30: msgid("答复改进建议"),
}
