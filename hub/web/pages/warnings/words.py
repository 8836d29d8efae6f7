"""What stages, kinds, levels and deeds of warnings are called on pages."""

from __future__ import annotations

from collections.abc import Mapping

from channels.outbox.delivery import WarningLevel
from hub.model.warnings.events import EventClass
from hub.model.warnings.issue import Act, Handing, Stage
from hub.model.warnings.message import MessageKind
from hub.model.warnings.warning import NoticeTopic
from hub.web.badges import Word
from hub.web.i18n import msgid

STAGE: Mapping[Stage, Word] = {
    Stage.DRAFT: Word(msgid("制作中"), "neutral", "pen"),
    Stage.REVIEW: Word(msgid("待审核"), "warn", "clock"),
    Stage.SIGN: Word(msgid("待签发"), "warn", "clock"),
    Stage.RELEASE: Word(msgid("待发布"), "warn", "clock"),
    Stage.OUT: Word(msgid("已发布"), "good", "check"),
    Stage.ENDED: Word(msgid("已结束"), "neutral", "stop"),
    Stage.DROPPED: Word(msgid("已作废"), "neutral", "stop"),
}
KIND: Mapping[MessageKind, str] = {
    MessageKind.FIRST: msgid("首发"),
    MessageKind.UPDATE: msgid("更新"),
    MessageKind.LIFT: msgid("解除"),
}
LEVEL: Mapping[WarningLevel, Word] = {
    WarningLevel.RED: Word(msgid("红色预警"), "bad", "alert"),
    WarningLevel.ORANGE: Word(msgid("橙色预警"), "bad", "alert"),
    WarningLevel.YELLOW: Word(msgid("黄色预警"), "warn", "warning"),
    WarningLevel.BLUE: Word(msgid("蓝色预警"), "info", "info"),
}
NOTICE = Word(msgid("安全提示"), "info", "shield")
URGENT = Word(msgid("紧急安全提示"), "warn", "shield")
TOPIC: Mapping[NoticeTopic, str] = {
    NoticeTopic.FRAUD: msgid("反诈"),
    NoticeTopic.TRAFFIC: msgid("交通管制"),
    NoticeTopic.EVENT: msgid("大型活动"),
    NoticeTopic.MISSING: msgid("走失人员"),
    NoticeTopic.OTHER: msgid("其他"),
}
EVENT_CLASS: Mapping[EventClass, str] = {
    EventClass.NATURAL: msgid("自然灾害"),
    EventClass.ACCIDENT: msgid("事故灾难"),
    EventClass.HEALTH: msgid("公共卫生"),
    EventClass.SECURITY: msgid("社会安全"),
}
ACT: Mapping[Act, str] = {
    Act.MADE: msgid("制作"),
    Act.EDITED: msgid("修改"),
    Act.SUBMITTED: msgid("提交"),
    Act.REVIEWED: msgid("审核通过"),
    Act.SIGNED: msgid("签发"),
    Act.RELEASED: msgid("发布"),
    Act.RETURNED: msgid("退回"),
    Act.DROPPED: msgid("作废"),
    Act.CALLED: msgid("短信呼叫发布人"),
    Act.PAPERS: msgid("补齐手续"),
    Act.STOPPED: msgid("被更新或解除"),
}
HANDING: Mapping[Handing, str] = {
    Handing.WAITING: msgid("等待写出文件"),
    Handing.WRITTEN: msgid("文件已写出，等待回执"),
    Handing.TAKEN: msgid("平台已收下（不等于已发布）"),
    Handing.REFUSED: msgid("平台没有收下"),
}
STEP: Mapping[Stage, str] = {
    Stage.REVIEW: msgid("审核"),
    Stage.SIGN: msgid("签发"),
    Stage.RELEASE: msgid("发布"),
}
TEMPLATE: Mapping[str, str] = {
    "typhoon": msgid("台风"),
    "rain": msgid("暴雨"),
    "flood": msgid("洪水"),
    "fire": msgid("火灾"),
    "icy_road": msgid("道路结冰"),
    "fog": msgid("大雾"),
    "chemicals": msgid("危化品泄漏"),
    "fraud": msgid("反诈"),
    "traffic": msgid("交通管制"),
    "event": msgid("大型活动"),
    "missing": msgid("走失人员"),
}


def mark_of(content: object) -> Word:
    """Level of a warning, or what kind of notice it is."""
    level = getattr(content, "level", None)
    if isinstance(level, WarningLevel) and level in LEVEL:
        return LEVEL[level]
    return URGENT if getattr(content, "urgent", False) else NOTICE
