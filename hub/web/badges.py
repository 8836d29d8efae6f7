"""Words for closed sets on staff pages: what a badge says and how it looks.

The words carry the meaning; the colour (`kind`: neutral, info, good, warn, bad) only helps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from campaigns.broadcast import BroadcastState
from campaigns.campaign import CampaignState
from channels.contract import ChannelKind
from channels.outbox.delivery import DeliveryState, MessageClass
from hub.model.agent import Role
from hub.model.cases.history import HistoryKind
from hub.model.cases.state import CaseState
from hub.model.entry_record import VersionKind
from hub.model.people.contact import Need
from hub.model.track import Track
from hub.web.i18n import Translator, msgid
from ivr.evidence.recordings import Doubt, RecordingState
from knowledge_base.entry import EntryState
from knowledge_base.match.alignment import How


@dataclass(frozen=True, slots=True)
class Word:
    """A label, the kind of its badge and its icon."""

    text: str
    kind: str = "neutral"
    icon: str = ""


TRACK: Mapping[Track, Word] = {
    Track.CONSULT: Word(msgid("咨询")),
    Track.SERVICE: Word(msgid("服务求助")),
    Track.SUGGEST: Word(msgid("意见建议")),
    Track.APPEAL: Word(msgid("申诉求决"), "info"),
    Track.LEGAL: Word(msgid("法定程序"), "info"),
    Track.REPORT: Word(msgid("检举控告"), "warn", "lock"),
    Track.EMERGENCY: Word(msgid("紧急警情"), "bad", "alert"),
}

STATE: Mapping[CaseState, Word] = {
    CaseState.DRAFT: Word(msgid("未完成")),
    CaseState.REGISTERED: Word(msgid("新登记"), "info"),
    CaseState.TRIAGE: Word(msgid("甄别中"), "info"),
    CaseState.NEED_INFO: Word(msgid("待群众补充"), "warn"),
    CaseState.ROUTED: Word(msgid("已转送"), "info"),
    CaseState.OBJECTION: Word(msgid("单位有异议"), "warn"),
    CaseState.ACCEPTED: Word(msgid("已受理"), "info"),
    CaseState.HANDLING: Word(msgid("办理中"), "info"),
    CaseState.REVIEW_DRAFT: Word(msgid("待审签送达"), "info"),
    CaseState.REPLIED: Word(msgid("已答复"), "good"),
    CaseState.RATED: Word(msgid("已评价"), "good"),
    CaseState.REWORK: Word(msgid("重新办理"), "warn"),
    CaseState.FUCHA: Word(msgid("复查中"), "warn"),
    CaseState.FUCHA_DONE: Word(msgid("复查已答复"), "good"),
    CaseState.FUHE: Word(msgid("复核中"), "warn"),
    CaseState.FINAL: Word(msgid("三级终结")),
    CaseState.CLOSED: Word(msgid("已办结")),
    CaseState.NOT_ACCEPTED: Word(msgid("不予受理")),
    CaseState.HANDED_OFF: Word(msgid("已移送")),
    CaseState.WITHDRAWN: Word(msgid("已撤回")),
    CaseState.MERGED: Word(msgid("已并案")),
    CaseState.SEALED: Word(msgid("已封存移送上级")),
}

CHANNEL: Mapping[str, Word] = {
    ChannelKind.SMS: Word(msgid("短信"), icon="message"),
    ChannelKind.VOICE: Word(msgid("电话"), icon="phone"),
    ChannelKind.MAIL: Word(msgid("邮件"), icon="mail"),
    ChannelKind.CHAT: Word(msgid("网上会话"), icon="chat"),
    ChannelKind.PETITION: Word(msgid("网上信访"), icon="pen"),
    ChannelKind.WECHAT: Word(msgid("微信"), icon="chat"),
    ChannelKind.VISIT: Word(msgid("来访"), icon="person"),
    ChannelKind.LETTER: Word(msgid("信件"), icon="book"),
    ChannelKind.SYSTEM: Word(msgid("其他系统"), icon="globe"),
}

DELIVERY: Mapping[str, Word] = {
    DeliveryState.PLANNED: Word(msgid("排队中"), "neutral", "clock"),
    DeliveryState.READY: Word(msgid("排队中"), "neutral", "clock"),
    DeliveryState.LEASED: Word(msgid("正在发送"), "neutral", "clock"),
    DeliveryState.SENDING: Word(msgid("正在发送"), "neutral", "clock"),
    DeliveryState.HELD: Word(msgid("等待可发送时段"), "neutral", "clock"),
    DeliveryState.ACCEPTED: Word(msgid("已发送"), "info", "check"),
    DeliveryState.SENT: Word(msgid("已发送"), "info", "check"),
    DeliveryState.DELIVERED: Word(msgid("已送达"), "good", "check"),
    DeliveryState.AMBIGUOUS: Word(msgid("不确定是否送达"), "warn", "warning"),
    DeliveryState.UNKNOWN: Word(msgid("不确定是否送达"), "warn", "warning"),
    DeliveryState.SUPPRESSED: Word(msgid("对方已拒收"), "warn", "stop"),
    DeliveryState.UNDELIVERED: Word(msgid("发送失败"), "bad", "warning"),
    DeliveryState.FAILED: Word(msgid("发送失败"), "bad", "warning"),
    DeliveryState.DEAD: Word(msgid("发送失败"), "bad", "warning"),
    DeliveryState.EXPIRED: Word(msgid("过期未发送"), "bad", "warning"),
    DeliveryState.CANCELED: Word(msgid("已撤回"), "neutral", "stop"),
}

RECORDING: Mapping[str, Word] = {
    RecordingState.ANNOUNCED: Word(msgid("等待录音"), "neutral", "clock"),
    RecordingState.TAKING: Word(msgid("等待录音"), "neutral", "clock"),
    RecordingState.PENDING: Word(msgid("正在取回"), "neutral", "clock"),
    RecordingState.DOWNLOADED: Word(msgid("正在取回"), "neutral", "clock"),
    RecordingState.SEALED: Word(msgid("已封存"), "good", "lock"),
    RecordingState.TRANSCRIBED: Word(msgid("已封存"), "good", "lock"),
    RecordingState.TRANSCRIPT_FAILED: Word(msgid("已封存"), "good", "lock"),
    RecordingState.PROVIDER_DELETED: Word(msgid("已封存"), "good", "lock"),
    RecordingState.ABSENT: Word(msgid("没有录到声音"), "warn", "warning"),
    RecordingState.LOST: Word(msgid("录音未能取回"), "bad", "warning"),
}

OVERDUE = Word(msgid("录音未取到"), "bad", "warning")
"""Instead of the word for its state, of a recording that does not come."""

DOUBT: Mapping[str, str] = {
    Doubt.CUT_OFF: msgid("只收到录音的一部分。"),
    Doubt.SHORTER: msgid("录音比运营商报告的短。"),
    Doubt.LONGER: msgid("录音比运营商报告的长。"),
    Doubt.UNREADABLE: msgid("录音格式无法识别，时长未知。"),
}
"""What is odd about a recording that is kept all the same, by its reason."""

HISTORY: Mapping[str, Word] = {
    HistoryKind.REGISTERED: Word(msgid("登记工单"), icon="inbox"),
    HistoryKind.TAKEN_DOWN: Word(msgid("工作人员代为登记"), icon="pen"),
    HistoryKind.DRAFTED: Word(msgid("开始录入"), icon="pen"),
    HistoryKind.PROMOTED: Word(msgid("通话中断，已转为工单"), icon="phone"),
    HistoryKind.CITIZEN_SPOKE: Word(msgid("群众补充"), icon="message"),
    HistoryKind.ANSWERED: Word(msgid("知识库自动答复"), icon="book"),
    HistoryKind.REPLIED: Word(msgid("答复群众"), icon="send"),
    HistoryKind.NOTED: Word(msgid("内部备注"), icon="lock"),
    HistoryKind.ASSIGNED: Word(msgid("指派承办人"), icon="person"),
    HistoryKind.RECORDING: Word(msgid("收到录音"), icon="phone"),
    HistoryKind.TRANSCRIPT_CORRECTED: Word(msgid("更正录音转写"), icon="pen"),
    HistoryKind.RECORDING_REDACTED: Word(msgid("录音消音"), icon="lock"),
    HistoryKind.RECORDING_PUT_BACK: Word(msgid("撤销录音消音"), icon="lock"),
    HistoryKind.PRINTED: Word(msgid("导出案卷"), icon="copy"),
    HistoryKind.FLAGGED: Word(msgid("添加标记"), icon="warning"),
    HistoryKind.SUSPECTED: Word(msgid("转督察甄别"), icon="lock"),
    HistoryKind.CONFIRMED: Word(msgid("确认为检举控告"), icon="lock"),
    HistoryKind.RELEASED: Word(msgid("放行到普通队列"), icon="check"),
    HistoryKind.FALSE_ALARM: Word(msgid("记为误报，取消险情标记"), icon="stop"),
    HistoryKind.NOT_EMERGENCY: Word(msgid("群众表示不是紧急情况"), icon="message"),
    HistoryKind.MIGRATED: Word(msgid("纳入时限管理"), icon="clock"),
    HistoryKind.FORWARDED_110: Word(msgid("转 110"), icon="send"),
    HistoryKind.HEARD_110: Word(msgid("110 已确认收到"), icon="check"),
    HistoryKind.TAKEN_OVER_110: Word(msgid("指挥中心已接收"), icon="check"),
    HistoryKind.UNTAKEN_110: Word(msgid("超时无人接收，已升级"), icon="warning"),
    HistoryKind.ALARM_DISPATCHED: Word(msgid("派警"), icon="send"),
    HistoryKind.ALARM_ARRIVED: Word(msgid("到场"), icon="person"),
    HistoryKind.ALARM_FEEDBACK: Word(msgid("反馈处置结果"), icon="message"),
    HistoryKind.ALARM_CORRECTED: Word(msgid("更正处警登记"), icon="pen"),
    HistoryKind.CLOSED: Word(msgid("办结"), icon="check"),
    HistoryKind.DANGER_ANEW: Word(msgid("又出现新的危险用词"), icon="alert"),
    HistoryKind.OTHER_DESK: Word(msgid("群众又发到另一值班台的号码"), icon="message"),
    HistoryKind.SILENCED: Word(msgid("开启静默联系"), icon="lock"),
    HistoryKind.SILENCE_LIFTED: Word(msgid("解除静默联系"), icon="bell"),
    HistoryKind.REVEALED: Word(msgid("查看完整号码"), icon="eye"),
    HistoryKind.CARRIER_ASKED: Word(msgid("查看运营商资料"), icon="eye"),
    HistoryKind.CARRIER_TOLD: Word(msgid("运营商查询结果"), icon="phone"),
    HistoryKind.TAGGED: Word(msgid("更改标签"), icon="text"),
    HistoryKind.DELIVERY_DECIDED: Word(msgid("确认投递结果"), icon="send"),
    HistoryKind.DOCUMENT_SIGNED: Word(msgid("签发文书"), icon="pen"),
    HistoryKind.LINKED: Word(msgid("关联工单"), icon="track"),
    HistoryKind.BREACHED: Word(msgid("超过期限"), icon="alert"),
    HistoryKind.LATE_REQUEST: Word(msgid("群众逾期申请，等待处理"), icon="clock"),
}

NEED: Mapping[Need, Word] = {
    Need.ELDERLY: Word(msgid("老年"), "warn", "person"),
    Need.DIALECT: Word(msgid("方言"), "info", "chat"),
    Need.DEAF: Word(msgid("聋哑"), "warn", "message"),
    Need.BLIND: Word(msgid("视障"), "warn", "eye"),
    Need.INTERPRETER: Word(msgid("需要翻译"), "info", "globe"),
    Need.MOBILITY: Word(msgid("行动不便"), "warn", "person"),
}

CAMPAIGN: Mapping[CampaignState, Word] = {
    CampaignState.DRAFT: Word(msgid("草稿"), "neutral", "pen"),
    CampaignState.IN_REVIEW: Word(msgid("待审批"), "warn", "clock"),
    CampaignState.APPROVED: Word(msgid("已批准"), "info", "check"),
    CampaignState.SCHEDULED: Word(msgid("已排期"), "info", "calendar"),
    CampaignState.RUNNING: Word(msgid("发送中"), "good", "play"),
    CampaignState.PAUSED: Word(msgid("已暂停"), "warn", "pause"),
    CampaignState.FINISHED: Word(msgid("已完成"), "neutral", "check"),
    CampaignState.CANCELED: Word(msgid("已终止"), "neutral", "stop"),
    CampaignState.EXPIRED: Word(msgid("已过期"), "neutral", "stop"),
}

RUN: Mapping[BroadcastState, Word] = {
    BroadcastState.PLANNING: CAMPAIGN[CampaignState.RUNNING],
    BroadcastState.RUNNING: CAMPAIGN[CampaignState.RUNNING],
    BroadcastState.WAITING_WINDOW: CAMPAIGN[CampaignState.RUNNING],
    BroadcastState.PAUSED: CAMPAIGN[CampaignState.PAUSED],
    BroadcastState.FINISHED: CAMPAIGN[CampaignState.FINISHED],
    BroadcastState.CANCELED: CAMPAIGN[CampaignState.CANCELED],
    BroadcastState.EXPIRED: CAMPAIGN[CampaignState.EXPIRED],
}
"""One time of a campaign, in the words of the campaign."""

MESSAGE_CLASS: Mapping[MessageClass, Word] = {
    MessageClass.E0: Word(msgid("红色、橙色预警"), "bad", "alert"),
    MessageClass.E1: Word(msgid("黄色、蓝色预警"), "warn", "warning"),
    MessageClass.N: Word(msgid("业务通知"), "info", "bell"),
    MessageClass.L: Word(msgid("法治宣传"), "neutral", "book"),
}

ENTRY: Mapping[EntryState, Word] = {
    EntryState.DRAFT: Word(msgid("草稿"), "warn", "pen"),
    EntryState.REVIEW: Word(msgid("待审核"), "info", "pen"),
    EntryState.PUBLISHED: Word(msgid("已发布"), "good", "check"),
    EntryState.EXPIRED: Word(msgid("已失效"), "neutral", "stop"),
}

VERSION: Mapping[VersionKind, Word] = {
    VersionKind.PUBLISHED: Word(msgid("发布"), "good", "check"),
    VersionKind.EXPIRED: Word(msgid("停用"), "neutral", "stop"),
    VersionKind.BROUGHT_BACK: Word(msgid("恢复"), "good", "play"),
}

MATCHED: Mapping[How, str] = {
    How.SAME: msgid("相同"),
    How.CONCEPT: msgid("意思相同"),
    How.SOUND: msgid("读音相同"),
    How.RELATED: msgid("意思相关"),
    How.CHARACTERS: msgid("用字相近"),
}
"""How a word of the question belongs to one of the entry."""

ROLE: Mapping[Role, str] = {
    Role.HANDLER: msgid("承办"),
    Role.SUPERVISOR: msgid("主管"),
    Role.INSPECTOR: msgid("督察"),
    Role.PUBLICITY: msgid("宣传"),
    Role.PUBLICITY_LEAD: msgid("宣传审批"),
    Role.EDITOR: msgid("知识编辑"),
    Role.REVIEWER: msgid("知识审核"),
    Role.HIGHER_REVIEWER: msgid("复查复核"),
    Role.ADMIN: msgid("系统管理"),
    Role.DEPARTMENT: msgid("部门联络"),
    Role.CUSTODIAN: msgid("保管员"),
    Role.AUDITOR: msgid("审计"),
}

MINUTE_MS = 60_000
_HOUR, _DAY = 3_600_000, 86_400_000


def age(milliseconds: int, _: Translator) -> str:
    """How long something waits, in words: `12 分钟`, `3 小时`, `2 天`; less than a minute is one."""
    if milliseconds < _HOUR:
        return _("%(count)s 分钟", count=max(milliseconds // MINUTE_MS, 1))
    if milliseconds < _DAY:
        return _("%(count)s 小时", count=milliseconds // _HOUR)
    return _("%(count)s 天", count=milliseconds // _DAY)
