"""A segment: a saved filter over contacts, as data. Who is in it is asked when a broadcast starts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

MAX_GROUPS = 50
EVERYBODY = "*"
"""The group everybody the office may write to is in."""
GIVEN = "given"
"""Consent to be written to, as a contact's office of origin recorded it."""
_LANGUAGES = {"zh": ("中文", "Chinese"), "en": ("英文", "English")}


@dataclass(frozen=True, slots=True)
class Segment:
    """Contacts in any of `groups`, in any of `regions`, with any of `tags`, from any of `sources`.

    Empty = all of them, but for groups. regions: administrative codes exactly as contacts carry them.
    language: "" = any. consent: `GIVEN` = only who is known to have agreed, "" = all. corrects: id of a
    broadcast, or `packed` ids of several; then it is everybody who may have received one of them, once, and
    nothing else counts.
    """

    groups: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    language: str = ""
    tags: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    consent: str = ""
    corrects: str = ""


def packed(words: Collection[str]) -> str:
    """A set of words as one text, the same for the same set: a store compares texts, not lists."""
    return "|".join(sorted({word for word in words if word}))


def unpacked(text: str | None) -> tuple[str, ...]:
    """The words of `packed`."""
    return tuple(text.split("|")) if text else ()


def problems(segment: Segment, *, groups: Collection[str] | None = None) -> dict[str, str]:
    """What is wrong, by field, in Chinese; empty when nothing is.

    groups: the names that exist, when the caller knows them.
    """
    found: dict[str, str] = {}
    if segment.corrects:
        return found
    if not segment.groups:
        found["groups"] = "请至少选择一个分组"
    elif len(segment.groups) > MAX_GROUPS:
        found["groups"] = f"最多选择 {MAX_GROUPS} 个分组"
    elif any(not group.strip() or ":" in group for group in segment.groups):
        found["groups"] = "分组名称不能为空，也不能含有冒号"
    elif len(set(segment.groups)) != len(segment.groups):
        found["groups"] = "同一个分组选了两次"
    elif groups is not None and (missing := [group for group in segment.groups if group not in groups]):
        found["groups"] = "没有这些分组：" + "、".join(missing)
    if any(not region.strip() for region in segment.regions):
        found["regions"] = "地区不能为空"
    if segment.language and segment.language not in _LANGUAGES:
        found["language"] = "只能选择中文或英文"
    if segment.consent not in ("", GIVEN):
        found["consent"] = "只能选择全部或已同意"
    return found


def describe(segment: Segment, language: str = "zh", *, region_names: Mapping[str, str] | None = None) -> str:
    """One line for the page: `重点行业、社区网格 · 福州 · 中文`."""
    english = language == "en"
    if segment.corrects:
        return "whoever may have received the corrected message" if english else "可能已收到被更正内容的人"
    comma = ", " if english else "、"
    names = region_names or {}
    everybody = "everybody" if english else "全部服务对象"
    groups = [everybody if group == EVERYBODY else group for group in segment.groups]
    lines = [comma.join(groups) or ("nobody" if english else "未选择分组")]
    if segment.regions:
        lines.append(comma.join(names.get(code, code) for code in segment.regions))
    if segment.language:
        zh, en = _LANGUAGES.get(segment.language, (segment.language, segment.language))
        lines.append(en if english else zh)
    if segment.tags:
        lines.append(("tagged " if english else "标签 ") + comma.join(segment.tags))
    if segment.sources:
        lines.append(("from " if english else "来源 ") + comma.join(segment.sources))
    if segment.consent:
        lines.append("consented" if english else "已同意接收")
    return " · ".join(lines)
