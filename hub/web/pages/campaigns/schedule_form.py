"""When a campaign is to run and what it may cost, as typed; and what an approver types."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from datetime import time as clock_time
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from campaigns.schedule import Cron, DaysOff, Once, ScheduleSpec, from_text
from hub.runtime.clock import CHINA, to_local, to_ms
from hub.web.form import Form
from hub.web.i18n import msgid

NO_PLAN: Mapping[str, str] = {
    "mode": "once",
    "at": "",
    "time": "09:30",
    "weekday": "1",
    "day": "1",
    "cron": "",
    "days_off": "send",
    "budget": "",
}
"""What an untouched form holds."""


class ScheduleForm(Form):
    """When a campaign runs: when it is released, once at a local time, or again and again.

    time: `09:30`. weekday: 0 = Sunday, as in cron. cron: five fields, for what the choices cannot say.
    budget: in yuan, 0 = what the settings say.
    """

    MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = {
        ("at", "*"): msgid("请选择日期和时间"),
        ("time", "*"): msgid("请填写有效的时间，例如 09:30"),
        ("day", "*"): msgid("日期应在 1 到 31 之间"),
        ("budget", "*"): msgid("预算请填整数元，例如 500"),
    }
    mode: Literal["release", "once", "daily", "weekly", "monthly", "month_end", "cron"] = "once"
    at: datetime | None = None
    time: clock_time = clock_time(9, 30)
    weekday: int = Field(default=1, ge=0, le=6)
    day: int = Field(default=1, ge=1, le=31)
    cron: str = Field(default="", max_length=100)
    days_off: DaysOff = DaysOff.SEND
    budget: int = Field(default=0, ge=0, le=10_000_000)

    @model_validator(mode="before")
    @classmethod
    def _empty_is_absent(cls, data: dict[str, object]) -> dict[str, object]:
        return {name: value for name, value in data.items() if value != ""}

    @model_validator(mode="after")
    def _once_needs_a_time(self) -> Self:
        if self.mode == "once" and self.at is None:
            raise ValueError(msgid("请选择日期和时间"))
        return self

    def spec(self) -> ScheduleSpec | None:
        """The plan meant, local time in China; None = when it is released."""
        minute = f"{self.time.minute} {self.time.hour}"
        match self.mode:
            case "release":
                return None
            case "once":
                at = self.at or datetime.min
                return Once(to_ms(at if at.tzinfo else at.replace(tzinfo=CHINA)))
            case "daily":
                return Cron(f"{minute} * * *", self.days_off)
            case "weekly":
                return Cron(f"{minute} * * {self.weekday}", self.days_off)
            case "monthly":
                return Cron(f"{minute} {self.day} * *", self.days_off)
            case "month_end":
                return Cron(f"{minute} L * *", self.days_off)
            case "cron":
                return Cron(self.cron, self.days_off)


class ApproveForm(Form):
    """A yes: the number of recipients typed; `shown`, `digest`: what the sheet said and was made from."""

    MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = {
        ("typed", "*"): msgid("请输入接收人数以确认"),
    }
    typed: int = Field(default=-1, ge=0)
    shown: int = Field(default=-1, ge=0)
    digest: str = Field(default="", max_length=64)
    night: bool = False


def typed_as(schedule: str, budget_yuan: int) -> dict[str, str]:
    """The form that a stored plan would be typed as."""
    values = dict(NO_PLAN) | {"budget": str(budget_yuan or "")}
    if not schedule:
        return values
    spec = from_text(schedule)
    if isinstance(spec, Once):
        return values | {"at": f"{to_local(spec.at):%Y-%m-%dT%H:%M}"}
    return values | {"mode": "cron", "cron": spec.expression, "days_off": spec.days_off.value}
