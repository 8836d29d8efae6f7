"""Words of the pages about recipients."""

from __future__ import annotations

from collections.abc import Mapping

from campaigns.importing.columns import Column, FileKind
from channels.outbox.suppression import EDUCATION, INVALID, NOTICE, SAFETY, WARNING
from hub.actions.campaigns.recipients.opt_outs import How, Via
from hub.model.recipients.contact_import import ImportState
from hub.repositories.memberships import Reach
from hub.repositories.suppressions import ERASED
from hub.web.badges import Word
from hub.web.i18n import msgid

BASE = "/staff/contacts"
TABS: Mapping[str, str] = {
    BASE: msgid("服务对象"),
    f"{BASE}/segments": msgid("人群"),
    f"{BASE}/imports": msgid("导入名单"),
    f"{BASE}/optouts": msgid("拒收名单"),
}
SUBJECT: Mapping[str, str] = {
    EDUCATION: msgid("法治宣传"),
    NOTICE: msgid("业务通知"),
    WARNING: msgid("黄色、蓝色预警"),
    SAFETY: msgid("安全提示"),
    INVALID: msgid("空号或停用"),
    ERASED: msgid("已删除资料"),
}
REACH: Mapping[str, str] = {
    Reach.SMS: msgid("可发短信"),
    Reach.MAIL: msgid("可发邮件"),
    Reach.NONE: msgid("只能打电话"),
}
VIA: Mapping[str, str] = {
    Via.PHONE: msgid("打电话提出"),
    Via.VISIT: msgid("来访提出"),
    Via.LETTER: msgid("来信提出"),
    Via.MESSAGE: msgid("在短信或网上提出"),
}
HOW: Mapping[How, str] = {
    How.CHANNEL: msgid("本人回复"),
    How.PROVIDER: msgid("运营商反馈"),
    How.AGENT: msgid("工作人员登记"),
    How.SOURCE: msgid("导入名单"),
}
ABOUT: Mapping[str, str] = {
    "": msgid("全部短信"),
    **{subject: SUBJECT[subject] for subject in (NOTICE, EDUCATION, WARNING)},
}
"""What an opt-out is about where its file does not say it."""
FILE_KIND: Mapping[FileKind, str] = {
    FileKind.OPT_OUTS: msgid("退订名单"),
    FileKind.PEOPLE: msgid("订阅名单"),
    FileKind.TEMPLATES: msgid("短信模板"),
    FileKind.ROUTES: msgid("关键词和分机"),
    FileKind.HISTORY: msgid("发送历史"),
}
"""In the order in which they are best handed over: who opted out first."""
COLUMN: Mapping[Column, str] = {
    Column.IGNORED: msgid("不导入"),
    Column.PHONE: msgid("手机号"),
    Column.EMAIL: msgid("邮箱"),
    Column.NAME: msgid("姓名或单位"),
    Column.REGION: msgid("地区"),
    Column.TAGS: msgid("标签"),
    Column.LANGUAGE: msgid("语言"),
    Column.CONSENT: msgid("是否同意接收"),
    Column.CONSENT_AT: msgid("同意日期"),
    Column.OPT_OUT: msgid("是否退订"),
    Column.SUBJECT: msgid("退订内容"),
    Column.SINCE: msgid("退订日期"),
    Column.CODE: msgid("模板编号"),
    Column.MESSAGE_CLASS: msgid("级别"),
    Column.TEXT: msgid("正文"),
    Column.WRITTEN_TO: msgid("号码（含 12110）"),
    Column.KEYWORD: msgid("关键词"),
    Column.DESK: msgid("处理单位"),
    Column.DAY: msgid("日期或月份"),
    Column.SENT: msgid("发送数量"),
    Column.DELIVERED: msgid("送达数量"),
    Column.FAILED: msgid("失败数量"),
    Column.STATUS: msgid("每条的回执状态"),
}
IMPORT: Mapping[ImportState, Word] = {
    ImportState.MAPPING: Word(msgid("待确认各列"), "warn"),
    ImportState.CHECKING: Word(msgid("正在检查"), "info"),
    ImportState.CHECKED: Word(msgid("已检查，待导入"), "warn"),
    ImportState.RUNNING: Word(msgid("正在导入"), "info"),
    ImportState.DONE: Word(msgid("已导入"), "good", "check"),
    ImportState.CANCELED: Word(msgid("已取消")),
    ImportState.REFUSED: Word(msgid("文件有误"), "bad", "alert"),
}
FUNNEL: Mapping[str, str] = {
    "groups": msgid("在所选分组里"),
    "regions": msgid("在所选地区"),
    "language": msgid("使用所选语言"),
    "tags": msgid("带有所选标签"),
    "sources": msgid("来自所选单位"),
    "consent": msgid("已同意接收"),
}
LANGUAGES: Mapping[str, str] = {"zh": msgid("中文"), "en": msgid("英文")}
