"""Published items: warnings, law education, notices that anybody may read (feed and notices page)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class NoticeKind(StrEnum):
    """What a published item is."""

    WARNING = "warning"  # 预警
    EDUCATION = "education"  # 普法
    NOTICE = "notice"  # 通知


@dataclass(frozen=True, slots=True)
class Notice:
    """One published item. It is public: nothing in it is personal."""

    id: str
    kind: NoticeKind
    title: str
    text: str
    published_at: int
    updated_at: int
    publisher: str = ""
    level: str = ""
