"""What people need, in words."""

from __future__ import annotations

from collections.abc import Mapping

from channels.outbox.suppression import EDUCATION, INVALID, NOTICE, WARNING
from hub.model.people.contact import Need
from hub.web.badges import Word
from hub.web.i18n import msgid

NEED: Mapping[Need, Word] = {
    Need.ELDERLY: Word(msgid("老年"), "warn", "person"),
    Need.DIALECT: Word(msgid("方言"), "info", "chat"),
    Need.DEAF: Word(msgid("聋哑"), "warn", "message"),
    Need.BLIND: Word(msgid("视障"), "warn", "eye"),
    Need.INTERPRETER: Word(msgid("需要翻译"), "info", "globe"),
    Need.MOBILITY: Word(msgid("行动不便"), "warn", "person"),
}

SUBJECT: Mapping[str, str] = {
    EDUCATION: msgid("普法宣传"),
    NOTICE: msgid("业务通知"),
    WARNING: msgid("黄色、蓝色预警"),
    INVALID: msgid("全部（号码失效）"),
}
"""What somebody wants no texts about."""

FIELDS: Mapping[str, str] = {
    "needs": msgid("需要注意"),
    "dialect": msgid("方言或语言"),
    "do_not_call": msgid("请勿致电"),
}
"""What the fields of an edit are called."""
