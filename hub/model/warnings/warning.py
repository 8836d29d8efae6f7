"""What a warning and a safety notice say. They are two types: the statute has colours for natural disasters,
accidents and public health only (突发事件应对法 art. 63), so a notice of the police has none.

Rule protected: no warning without each of the eight statutory fields (art. 64): class, level, start time,
possible affected area, cautions, measures to take, issuing unit, issue time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from campaigns.said import Said
from channels.outbox.delivery import WarningLevel
from hub.model.warnings import area as areas
from hub.model.warnings.area import Area
from hub.model.warnings.events import EventCode

EIGHT_FIELDS: Mapping[str, str] = {
    "event": "请选择预警类别",
    "level": "请选择预警级别",
    "starts_at": "请填写起始时间",
    "areas": "请写明可能影响的范围",
    "cautions": "请写明警示事项",
    "measures": "请写明应采取的措施",
    "unit": "请选择发布单位",
    "issued_at": "没有发布时间",
}
"""Field → what is said when it is missing, in the order of the article."""

MAX_CAUTIONS = 500
MAX_MEASURES = 500
MAX_TITLE = 100

LEVEL_WORDS: Mapping[WarningLevel, str] = {
    WarningLevel.RED: "红色",
    WarningLevel.ORANGE: "橙色",
    WarningLevel.YELLOW: "黄色",
    WarningLevel.BLUE: "蓝色",
}
GRAVITY: Mapping[WarningLevel, int] = {level: place for place, level in enumerate(LEVEL_WORDS, start=1)}
"""1 = I (red) … 4 = IV (blue)."""


class NoticeTopic(StrEnum):
    """What a safety notice is about."""

    FRAUD = "fraud"  # 反诈
    TRAFFIC = "traffic"  # 交通管制
    EVENT = "event"  # 大型活动
    MISSING = "missing"  # 走失人员
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class IssuingUnit:
    """A unit of the configured list, never typed freely. code: of the 12379 platform, "" for none."""

    name: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Warning:
    """A statutory warning. cautions: 警示事项, what is to be expected. measures: 应采取的措施.

    expires_at: when it ends unless it is prolonged or lifted. headline: as it was received or written, ""
    = made of the fields. Times: ms UTC in whole seconds, 0 = missing.
    """

    event: EventCode
    level: WarningLevel
    areas: tuple[Area, ...]
    starts_at: int
    cautions: str
    measures: str
    unit: IssuingUnit
    issued_at: int = 0
    expires_at: int = 0
    headline: str = ""
    web: str = ""


@dataclass(frozen=True, slots=True)
class SafetyNotice:
    """A notice of the police (反诈, 交通管制, 大型活动, 走失人员): no colour.

    urgent: leaves as a yellow warning does, not as a notice.
    """

    topic: NoticeTopic
    title: str
    text: str
    areas: tuple[Area, ...]
    unit: IssuingUnit
    urgent: bool = False
    starts_at: int = 0
    issued_at: int = 0
    expires_at: int = 0
    web: str = ""


def missing(warning: Warning, *, without: Collection[str] = ()) -> dict[str, str]:
    """Of the eight fields those that are missing, with what is said. without: fields not asked for yet."""
    filled = {
        "event": bool(warning.event.code),
        "level": bool(warning.level),
        "starts_at": warning.starts_at > 0,
        "areas": bool(warning.areas) and all(one.name.strip() for one in warning.areas),
        "cautions": bool(warning.cautions.strip()),
        "measures": bool(warning.measures.strip()),
        "unit": bool(warning.unit.name.strip()),
        "issued_at": warning.issued_at > 0,
    }
    return {field: text for field, text in EIGHT_FIELDS.items() if field not in without and not filled[field]}


def problems(warning: Warning, *, without: Collection[str] = ()) -> dict[str, str]:
    """Everything wrong with a warning, by field, in Chinese; empty when it may be issued."""
    found = missing(warning, without=without)
    for field, text in (*_lengths(warning), *_times(warning.starts_at, warning.expires_at)):
        found.setdefault(field, text)
    for text in (text for one in warning.areas for text in areas.problems(one)):
        found.setdefault("areas", text)
    return found


def notice_problems(notice: SafetyNotice) -> dict[str, str]:
    """Everything wrong with a notice, by field, in Chinese."""
    found: dict[str, str] = {}
    if not notice.title.strip():
        found["title"] = "请填写标题"
    elif len(notice.title) > MAX_TITLE or "\n" in notice.title:
        found["title"] = Said("标题只能有一行，最多 %(most)s 字", most=MAX_TITLE)
    if not notice.text.strip():
        found["text"] = "请填写内容"
    elif len(notice.text) > MAX_CAUTIONS:
        found["text"] = Said("内容最多 %(most)s 字", most=MAX_CAUTIONS)
    if not notice.unit.name:
        found["unit"] = EIGHT_FIELDS["unit"]
    if not notice.areas:
        found["areas"] = EIGHT_FIELDS["areas"]
    for field, text in _times(notice.starts_at, notice.expires_at):
        found.setdefault(field, text)
    for text in (text for one in notice.areas for text in areas.problems(one)):
        found.setdefault("areas", text)
    return found


def _lengths(warning: Warning) -> Iterator[tuple[str, str]]:
    if len(warning.cautions) > MAX_CAUTIONS:
        yield "cautions", Said("警示事项最多 %(most)s 字", most=MAX_CAUTIONS)
    if len(warning.measures) > MAX_MEASURES:
        yield "measures", Said("应采取的措施最多 %(most)s 字", most=MAX_MEASURES)
    if len(warning.headline) > MAX_TITLE or "\n" in warning.headline:
        yield "headline", Said("标题只能有一行，最多 %(most)s 字", most=MAX_TITLE)


def _times(starts_at: int, expires_at: int) -> Iterator[tuple[str, str]]:
    if not expires_at:
        yield "expires_at", "请填写失效时间"
    elif expires_at <= starts_at:
        yield "expires_at", "失效时间要晚于起始时间"
