"""What these pages call things."""

from __future__ import annotations

from collections.abc import Mapping

from hub.model.staff.audit import AuditAct
from hub.model.staff.identity import RequestState
from hub.web.i18n import msgid

FIELD: Mapping[str, str] = {
    "name": msgid("姓名"),
    "address": msgid("联系方式"),
    "phone": msgid("电话"),
    "email": msgid("电子邮箱"),
    "create": msgid("新建账号"),
    "reset": msgid("重置密码"),
    "enable": msgid("启用账号"),
    "disable": msgid("停用账号"),
    "rights": msgid("修改角色和单位"),
    "remove": msgid("移除账号"),
    "divided": msgid("按单位查看"),
}
"""Of an identity; of a change of an account or the units."""

STATE: Mapping[RequestState, tuple[str, str]] = {
    RequestState.ASKED: (msgid("等待保管员审批"), "info"),
    RequestState.GRANTED: (msgid("已批准"), "good"),
    RequestState.REFUSED: (msgid("未批准"), "bad"),
}
"""A word and the kind of its badge."""

ACT: Mapping[AuditAct, str] = {
    AuditAct.CASE_READ: msgid("查看举报工单"),
    AuditAct.FILE_READ: msgid("打开附件"),
    AuditAct.ORIGINAL_READ: msgid("打开图片原件"),
    AuditAct.RECORDINGS_READ: msgid("听取录音"),
    AuditAct.REVEALED: msgid("查看完整号码"),
    AuditAct.CARRIER_ASKED: msgid("向运营商查询"),
    AuditAct.IDENTITY_ASKED: msgid("申请查看举报人身份"),
    AuditAct.IDENTITY_GRANTED: msgid("批准查看举报人身份"),
    AuditAct.IDENTITY_REFUSED: msgid("拒绝查看举报人身份"),
    AuditAct.IDENTITY_READ: msgid("查看举报人身份"),
    AuditAct.FIGURES_EXPORTED: msgid("导出统计"),
    AuditAct.ACCOUNT_CHANGED: msgid("变更账号"),
    AuditAct.UNITS_CHANGED: msgid("变更单位"),
    AuditAct.EXPORTED: msgid("导出工单"),
}
