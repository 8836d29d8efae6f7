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

TOPICS = (
    *("fraud", "elders", "traffic", "minors", "drugs", "family", "network", "public_order", "property"),
    *("fire", "vice", "dogs", "border", "state_security", "civil", "numbers"),
)
"""What lessons are about, in the order of the pages; stored with notices: never rename."""


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
