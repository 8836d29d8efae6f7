"""Composes a document: fixed sentences of the law (`hub/data/legal_documents.toml`) with what the case says.

Rule protected: a document says nothing that is not so. A paragraph of which something is not known is left
out; one that the law asks for and that cannot be filled in stops the signing (`Missing`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from string import Formatter
from typing import Any

from hub.model.cases.proceeding import DocumentKind
from hub.model.legal_documents.legal_document import DocumentText

REPORT = "检举控告"
"""What every document of a REPORT case is composed as, whatever its kind: neutral."""

_ANONYMOUS = "信访人"
_NUMBERS = "一二三四五六七八九十"
_TITLES: Mapping[str, str] = {DocumentKind.EXTENSION: "延长办理期限告知书"}
REQUIRED: Mapping[str, Sequence[str]] = {
    DocumentKind.ACCEPTANCE: ("reference", "received", "signed", "basis"),
    DocumentKind.TRANSFER: ("reference", "unit", "signed"),
    DocumentKind.REFUSAL: ("reference", "ground"),
    DocumentKind.NOT_AGAIN: ("reference",),
    DocumentKind.LEGAL_WAY: ("reference", "procedure"),
    DocumentKind.EXTENSION: ("days", "old_day", "last_day", "written"),
    DocumentKind.OPINION: ("accepted", "outcomes", "superior"),
    DocumentKind.FUCHA_OPINION: ("outcome", "superior"),
    DocumentKind.FUHE_OPINION: ("reference",),
}
"""What the law asks of a kind; the rest is as far as it is known."""

MISSING: Mapping[str, str] = {
    "unit": "受理单位",
    "ground": "不予受理的情形",
    "procedure": "法定程序",
    "days": "延长的日数",
    "last_day": "最后一日",
    "old_day": "原来的最后一日",
    "basis": "受理依据",
    "written": "理由",
    "accepted": "受理日期",
    "outcomes": "逐项结论",
    "outcome": "结论",
    "superior": "上一级机关",
}


class Missing(Exception):
    """Something that the law asks for is not known. name: a key of `MISSING`."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the case. values: by the names in the sentences, "" = not known; branch: a digit, of
    Art. 31. code: of a refusal. name: of the applicant, "" for one who is anonymous. neutral: of a REPORT
    case."""

    name: str
    values: Mapping[str, str]
    code: str = ""
    neutral: bool = False


@dataclass(frozen=True, slots=True)
class Template:
    """The sentences of a kind. mark: in its number (文号)."""

    mark: str
    paragraphs: Sequence[str]
    remedy: str = ""
    next_step: Mapping[str, str] = field(default_factory=dict)
    procedures: Mapping[str, str] = field(default_factory=dict)


@lru_cache(maxsize=1)
def templates() -> Mapping[str, Template]:
    """Those of all kinds, by kind."""
    read: dict[str, Any] = tomllib.loads((files("hub") / "data" / "legal_documents.toml").read_text("utf-8"))
    return {kind: Template(**one) for kind, one in read.items()}


def compose(kind: DocumentKind, known: Known) -> DocumentText:
    """The text of a document. Raises `Missing`."""
    template = templates()[REPORT if known.neutral else kind]
    values = dict(known.values)
    if not known.neutral:
        values["procedure"] = template.procedures.get(values.get("branch", ""), "")
        values["branch"] = chinese(int(values["branch"])) if values.get("branch") else ""
        for name in REQUIRED.get(kind, ()):
            if not values.get(name):
                raise Missing(name)
    paragraphs = [*template.paragraphs, template.next_step.get(known.code, ""), template.remedy]
    filled = [_filled(one, values) for one in paragraphs if one]
    title = "告知书" if known.neutral else f"{values.get('organ', '')}{_TITLES.get(kind, kind)}"
    return DocumentText(title, known.name or _ANONYMOUS, [one for one in filled if one])


def _filled(sentence: str, values: Mapping[str, str]) -> str:
    """ "" where something in it is not known."""
    names = [name for _, name, _, _ in Formatter().parse(sentence) if name]
    if any(not values.get(name) for name in names):
        return ""
    return sentence.format_map({name: values[name] for name in names})


def listed(lines: Sequence[str]) -> str:
    """Several points in one paragraph: 一、…；二、…。"""
    points = [line.strip().rstrip("。；;") for line in lines if line.strip()]
    if len(points) < 2:
        return f"{points[0]}。" if points else ""
    numbered = (f"{chinese(place)}、{point}" for place, point in enumerate(points, 1))
    return "；".join(numbered) + "。"


def chinese(number: int) -> str:
    """1 to 99 in Chinese."""
    tens, ones = divmod(number, 10)
    if not tens:
        return _NUMBERS[ones - 1]
    return ("" if tens == 1 else _NUMBERS[tens - 1]) + "十" + (_NUMBERS[ones - 1] if ones else "")


def number_of(code: str, mark: str, year: int, serial: int) -> str:
    """文号: full year in 〔〕, no 第, no leading zeros. code: of the organ."""
    return f"{code}信{mark}〔{year}〕{serial}号"
