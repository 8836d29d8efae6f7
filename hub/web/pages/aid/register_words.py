"""What pages call the values of the 12110 register."""

from __future__ import annotations

from collections.abc import Mapping

from hub.model.people.registered_person import ConsentBy, Difficulty, RegisterAct
from hub.web.badges import Word
from hub.web.i18n import msgid

DIFFICULTY: Mapping[Difficulty, Word] = {
    Difficulty.DEAF: Word(msgid("听不见"), "warn", "message"),
    Difficulty.MUTE: Word(msgid("不能说话"), "warn", "message"),
    Difficulty.BLIND: Word(msgid("看不见"), "warn", "eye"),
    Difficulty.MOBILITY: Word(msgid("行动不便"), "warn", "person"),
    Difficulty.MIND: Word(msgid("理解有困难"), "warn", "info"),
}

HINT: Mapping[Difficulty, str] = {
    Difficulty.DEAF: msgid("只能发短信，不要打电话"),
    Difficulty.MUTE: msgid("来电可能没有声音"),
    Difficulty.BLIND: msgid("短信可能由手机读出"),
    Difficulty.MOBILITY: msgid("可能不能开门"),
    Difficulty.MIND: msgid("请用短句"),
}
"""What it means for who answers."""

CONSENT_BY: Mapping[ConsentBy, str] = {
    ConsentBy.SELF: msgid("本人书面同意"),
    ConsentBy.SIGNED: msgid("本人用手语或文字同意，工作人员记录"),
    ConsentBy.GUARDIAN: msgid("监护人书面同意"),
}

ACTS: Mapping[RegisterAct, str] = {
    RegisterAct.ADDED: msgid("登记"),
    RegisterAct.CHANGED: msgid("修改"),
    RegisterAct.CHECKED: msgid("核对无误"),
    RegisterAct.LOOKED: msgid("打开登记"),
    RegisterAct.SHOWN: msgid("在工单旁查看"),
    RegisterAct.TOLD_110: msgid("随警情告知 110"),
    RegisterAct.REMOVED: msgid("删除"),
}

FIELDS: Mapping[str, str] = {
    "name": msgid("姓名"),
    "numbers": msgid("手机号"),
    "difficulties": msgid("困难"),
    "needs": msgid("需要"),
    "contacts": msgid("紧急联系人"),
    "interpreter": msgid("翻译"),
    "address": msgid("常住地址"),
    "consent": msgid("同意"),
}
"""What the fields of a change are called."""
