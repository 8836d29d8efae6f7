"""How fast, when and how often what leaves may leave."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from channels.outbox.delivery import MessageClass
from channels.outbox.quiet_hours import WALL, Window, Windows
from hub.settings.table import Table


class Dispatch(Table):
    batch: int = Field(default=512, ge=1, le=1000)
    in_flight: int = Field(default=64, ge=1, le=500)
    urgent_in_flight: int = Field(default=16, ge=1, le=100)
    poll_seconds: float = Field(default=0.5, gt=0, le=5)


class Broadcast(Table):
    page: int = Field(default=1000, ge=1, le=5000)
    grace_seconds: int = Field(default=3600, ge=0)
    link_hosts: list[Annotated[str, Field(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$")]] = []
    known_numbers: list[Annotated[str, Field(pattern=r"^\d[\d-]{2,15}$")]] = []
    trials_per_hour: int = Field(default=30, ge=0, le=900)
    growth_percent: int = Field(default=10, ge=0, le=100)
    two_approvers_above: int = Field(default=10_000, ge=0)
    bad_numbers_percent: int = Field(default=10, ge=0, le=100)
    budget_yuan: int = Field(default=0, ge=0)
    department_budgets: dict[str, Annotated[int, Field(ge=0)]] = {}


class Fallback(Table):
    minutes: int = Field(default=10, ge=0, le=1440)
    channels: list[str] = ["mail"]


def window_of_text(text: str) -> Window:
    """`08:00-22:00`, of one day. Raises ValueError."""
    found = re.fullmatch(r"(\d\d):([0-5]\d)-(\d\d):([0-5]\d)", text, re.ASCII)
    if found is not None:
        numbers = [int(number) for number in found.groups()]
        opens, closes = numbers[0] * 60 + numbers[1], numbers[2] * 60 + numbers[3]
        if opens < closes <= 24 * 60:
            return Window(opens, closes)
    raise ValueError("应写成 08:00-22:00，同一天内 (must be like 08:00-22:00, within one day)")


def _span(text: str) -> str:
    window_of_text(text)
    return text


def _span_of_lessons(text: str) -> str:
    window = window_of_text(text)
    if window.opens_at < WALL.opens_at or window.closes_at > WALL.closes_at:
        raise ValueError("普法短信不得早于 08:00、晚于 21:00 (law education: within 08:00-21:00)")
    return text


class SendingHours(Table):
    warning: Annotated[str, AfterValidator(_span)] = "07:00-22:00"
    notice: Annotated[str, AfterValidator(_span)] = "08:00-22:00"
    education: Annotated[str, AfterValidator(_span_of_lessons)] = "09:00-20:30"

    def windows(self) -> Windows:
        """The hours by message class; E1 means warnings only (`quiet_hours.window_of`)."""
        return {
            MessageClass.E0: None,
            MessageClass.E1: window_of_text(self.warning),
            MessageClass.N: window_of_text(self.notice),
            MessageClass.L: window_of_text(self.education),
        }


class Frequency(Table):
    lessons_a_day: int = Field(default=1, ge=0)
    lessons_a_week: int = Field(default=2, ge=0)
    messages_a_day: int = Field(default=10, ge=0)
    same_text_hours: int = Field(default=24, ge=0, le=168)
