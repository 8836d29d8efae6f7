"""Which column of a file is what: guessed from the words of its heading, decided by the officer."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from enum import StrEnum

from channels.address import BadAddress, phone


class FileKind(StrEnum):
    """What a file is a list of. Stored, and part of addresses."""

    PEOPLE = "people"
    OPT_OUTS = "opt_outs"
    TEMPLATES = "templates"
    ROUTES = "routes"  # which keyword or number leads to which desk
    HISTORY = "history"  # what was sent, of which only counts are kept


class Column(StrEnum):
    """What a column holds."""

    PHONE = "phone"
    EMAIL = "email"
    NAME = "name"
    REGION = "region"
    TAGS = "tags"
    LANGUAGE = "language"
    CONSENT = "consent"
    CONSENT_AT = "consent_at"
    OPT_OUT = "opt_out"
    SUBJECT = "subject"
    SINCE = "since"
    CODE = "code"
    MESSAGE_CLASS = "message_class"
    TEXT = "text"
    WRITTEN_TO = "written_to"
    KEYWORD = "keyword"
    DESK = "desk"
    DAY = "day"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    STATUS = "status"
    IGNORED = ""


_PHONE = ("手机", "电话", "号码", "联系方式", "移动", "phone", "mobile", "tel", "msisdn")
_EMAIL = ("邮箱", "邮件", "email", "mail")
_WORDS: Mapping[FileKind, Mapping[Column, tuple[str, ...]]] = {
    FileKind.PEOPLE: {
        Column.CONSENT_AT: ("同意日期", "同意时间", "订阅日期", "订阅时间", "consentdate", "consentat"),
        Column.OPT_OUT: ("退订", "拒收", "免打扰", "黑名单", "optout", "unsubscribed", "suppressed"),
        Column.CONSENT: ("同意", "授权", "是否订阅", "consent", "subscribed"),
        Column.PHONE: _PHONE,
        Column.EMAIL: _EMAIL,
        Column.NAME: ("姓名", "名字", "联系人", "称呼", "单位名称", "企业名称", "name"),
        Column.REGION: ("地区", "区域", "所在地", "城市", "地市", "市县", "行政区", "region", "city", "area"),
        Column.TAGS: ("标签", "类别", "分类", "行业", "备注标签", "tag", "label", "category"),
        Column.LANGUAGE: ("语言", "语种", "language", "lang"),
    },
    FileKind.OPT_OUTS: {
        Column.SINCE: ("日期", "时间", "date", "time"),
        Column.SUBJECT: ("内容", "类别", "类型", "业务", "subject", "type"),
        Column.PHONE: _PHONE,
        Column.EMAIL: _EMAIL,
    },
    FileKind.TEMPLATES: {
        Column.CODE: ("编号", "编码", "代码", "模板id", "code", "id"),
        Column.MESSAGE_CLASS: ("级别", "类别", "类型", "class", "type"),
        Column.TEXT: ("正文", "内容", "模板", "短信", "text", "content", "body"),
    },
    FileKind.ROUTES: {
        Column.WRITTEN_TO: ("号码", "分机", "扩展号", "接入号", "writtento", "extension", "number"),
        Column.KEYWORD: ("关键词", "关键字", "指令", "keyword"),
        Column.DESK: ("处理单位", "单位", "部门", "坐席", "desk", "unit"),
    },
    FileKind.HISTORY: {
        Column.DELIVERED: ("送达", "成功", "delivered"),
        Column.FAILED: ("失败", "未送达", "failed"),
        Column.STATUS: ("状态", "回执", "status", "state"),
        Column.SENT: ("发送量", "发送数", "条数", "提交量", "总量", "数量", "sent", "count", "total"),
        Column.DAY: ("月份", "日期", "时间", "月", "month", "date", "time", "day"),
    },
}
"""Words of a heading, the more special columns first: 同意日期 is a date, not a consent."""


def columns_of(kind: FileKind) -> tuple[Column, ...]:
    """What a column of such a file may hold."""
    return tuple(_WORDS[kind])


def has_heading(first: Sequence[str]) -> bool:
    """Whether the first row of a file is a heading: no cell of it is a telephone number."""
    return not any(_is_phone(cell) for cell in first)


def guess(heading: Sequence[str], kind: FileKind = FileKind.PEOPLE) -> tuple[Column, ...]:
    """What each column probably is, by its heading; each meaning is given once."""
    found: list[Column] = []
    for cell in heading:
        words = unicodedata.normalize("NFKC", cell).casefold().replace(" ", "").replace("_", "")
        fitting = (column for column, known in _WORDS[kind].items() if any(word in words for word in known))
        column = next((one for one in fitting if one not in found), Column.IGNORED)
        is_phone = Column.PHONE in _WORDS[kind] and Column.PHONE not in found and _is_phone(cell)
        found.append(Column.PHONE if is_phone else column)
    return tuple(found)


_NEEDED: Mapping[FileKind, tuple[tuple[frozenset[Column], str], ...]] = {
    FileKind.PEOPLE: ((frozenset({Column.PHONE, Column.EMAIL}), "请指出哪一列是手机号（或邮箱）"),),
    FileKind.OPT_OUTS: ((frozenset({Column.PHONE, Column.EMAIL}), "请指出哪一列是手机号（或邮箱）"),),
    FileKind.TEMPLATES: (
        (frozenset({Column.CODE}), "请指出哪一列是模板编号"),
        (frozenset({Column.TEXT}), "请指出哪一列是模板正文"),
    ),
    FileKind.ROUTES: ((frozenset({Column.KEYWORD, Column.WRITTEN_TO}), "请指出哪一列是关键词或号码"),),
    FileKind.HISTORY: ((frozenset({Column.DAY}), "请指出哪一列是日期或月份"),),
}
"""Of each set a file needs one, and what is said when it has none."""


def problems(mapping: Sequence[Column], kind: FileKind = FileKind.PEOPLE) -> dict[str, str]:
    """What is wrong with a mapping, in Chinese; empty when nothing is."""
    used = [column for column in mapping if column is not Column.IGNORED]
    for needed, text in _NEEDED[kind]:
        if needed.isdisjoint(used):
            return {"mapping": text}
    if len(used) != len(set(used)):
        return {"mapping": "同一项内容选了两列，请只保留一列"}
    return {}


def _is_phone(cell: str) -> bool:
    try:
        return phone(cell).value.startswith("+")
    except BadAddress:
        return False
