"""Words of what departments hand over."""

from __future__ import annotations

from collections.abc import Mapping

from campaigns.importing.columns import FileKind
from hub.web.i18n import msgid

HINT: Mapping[FileKind, str] = {
    FileKind.OPT_OUTS: msgid("手机号，可另有退订内容、日期。任何平台退订过的，都不再发送。"),
    FileKind.PEOPLE: msgid("手机号，可另有姓名、地区、是否同意、同意日期。"),
    FileKind.TEMPLATES: msgid("模板编号、级别、正文。变量写成 {1}、${name}、#NAME# 等的，会改成平台的写法。"),
    FileKind.ROUTES: msgid("关键词或号码，可另有处理单位。与其他单位重复的，须先协商。"),
    FileKind.HISTORY: msgid("按日、按月的数量，或每条一行。只保留最近 24 个月的数量。"),
}
