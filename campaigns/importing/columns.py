"""Which column of a file is what: guessed from the words of its heading, decided by the officer."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from enum import StrEnum

from channels.address import BadAddress, phone


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
    IGNORED = ""


_WORDS: Mapping[Column, tuple[str, ...]] = {
    Column.CONSENT_AT: ("同意日期", "同意时间", "订阅日期", "订阅时间", "consentdate", "consentat"),
    Column.OPT_OUT: ("退订", "拒收", "免打扰", "黑名单", "optout", "unsubscribed", "suppressed"),
    Column.CONSENT: ("同意", "授权", "是否订阅", "consent", "subscribed"),
    Column.PHONE: ("手机", "电话", "号码", "联系方式", "移动", "phone", "mobile", "tel", "msisdn"),
    Column.EMAIL: ("邮箱", "邮件", "email", "mail"),
    Column.NAME: ("姓名", "名字", "联系人", "称呼", "单位名称", "企业名称", "name"),
    Column.REGION: ("地区", "区域", "所在地", "城市", "地市", "市县", "行政区", "region", "city", "area"),
    Column.TAGS: ("标签", "类别", "分类", "行业", "备注标签", "tag", "label", "category"),
    Column.LANGUAGE: ("语言", "语种", "language", "lang"),
}
"""Words of a heading, the more special columns first: 同意日期 is a date, not a consent."""


def has_heading(first: Sequence[str]) -> bool:
    """Whether the first row of a file is a heading: no cell of it is a telephone number."""
    return not any(_is_phone(cell) for cell in first)


def guess(heading: Sequence[str]) -> tuple[Column, ...]:
    """What each column probably is, by its heading; each meaning is given once."""
    found: list[Column] = []
    for cell in heading:
        words = unicodedata.normalize("NFKC", cell).casefold().replace(" ", "").replace("_", "")
        fitting = (column for column, known in _WORDS.items() if any(word in words for word in known))
        column = next((one for one in fitting if one not in found), Column.IGNORED)
        found.append(Column.PHONE if _is_phone(cell) and Column.PHONE not in found else column)
    return tuple(found)


def problems(mapping: Sequence[Column]) -> dict[str, str]:
    """What is wrong with a mapping, in Chinese; empty when nothing is."""
    used = [column for column in mapping if column is not Column.IGNORED]
    if Column.PHONE not in used and Column.EMAIL not in used:
        return {"mapping": "请指出哪一列是手机号（或邮箱）"}
    if len(used) != len(set(used)):
        return {"mapping": "同一项内容选了两列，请只保留一列"}
    return {}


def _is_phone(cell: str) -> bool:
    try:
        return phone(cell).value.startswith("+")
    except BadAddress:
        return False
