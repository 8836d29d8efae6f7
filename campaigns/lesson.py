"""The shipped law-education texts: each as a text message and as something to read.

Data in `campaigns/data/lessons/`, one file per topic. They are ours, name no place and no office, and go into
two parts with the longest signature and the way to refuse (a test counts them).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "data" / "lessons"

TOPICS: Mapping[str, str] = {
    "fraud": "防范诈骗",
    "elders": "老年人防骗",
    "traffic": "交通安全",
    "minors": "保护未成年人",
    "drugs": "禁毒",
    "family": "反家庭暴力",
    "network": "网络和个人信息",
    "public_order": "治安管理",
    "property": "居家和财物",
    "fire": "安全用火",
    "vice": "禁赌扫黑",
    "dogs": "文明养犬",
    "border": "出入境",
    "state_security": "国家安全",
    "civil": "宪法和民法典",
    "numbers": "报警求助",
}
"""What lessons are about, in the order of the pages; the names are ids of stored notices: never rename."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """One shipped text.

    sms: without signature and opt-out. web: paragraphs, one a line. law: what it rests on, "" where it
    names none. date: `MM-DD`, the day of the year it belongs to, or "". months: when else it fits.
    """

    id: str
    topic: str
    title: str
    sms: str
    web: str
    law: str = ""
    date: str = ""
    months: tuple[int, ...] = ()

    def fits(self, month: int) -> bool:
        """Whether it belongs to this month in particular."""
        return month in self.months or self.date.startswith(f"{month:02}-")


@cache
def shipped_lessons() -> Mapping[str, Lesson]:
    """All of them by id, in the order of the topics and files. Raises `ValueError`, `TypeError` for a broken
    file, which a test would have found."""
    found: dict[str, Lesson] = {}
    for topic in TOPICS:
        with (_FOLDER / f"{topic}.toml").open("rb") as file:
            data = tomllib.load(file)
        if data["topic"] != topic:
            raise ValueError(f"{topic}.toml is about {data['topic']}")
        for fields in data["lesson"]:
            months = tuple(fields.pop("months", ()))
            web = fields.pop("web").strip()
            lesson = Lesson(topic=topic, web=web, months=months, **fields)
            if found.setdefault(lesson.id, lesson) is not lesson:
                raise ValueError(f"{lesson.id} exists twice")
    return found


def lessons_of(topic: str) -> tuple[Lesson, ...]:
    """Those of a topic, in order."""
    return tuple(lesson for lesson in shipped_lessons().values() if lesson.topic == topic)
