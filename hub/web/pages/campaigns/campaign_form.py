"""A campaign, its plan and its end, as typed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from datetime import time as clock_time
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from campaigns.schedule import Cron, Once, ScheduleSpec
from channels.outbox.delivery import MessageClass
from hub.runtime.clock import CHINA, to_ms
from hub.web.form import Form
from hub.web.i18n import msgid


class CampaignForm(Form):
    """A campaign as it is typed; what it may hold is checked by `hub/actions/campaigns/draft_campaign.py`."""

    MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = {
        ("name", "*"): msgid("请填写活动名称，最多 60 个字"),
        ("message_class", "*"): msgid("请选择内容类型"),
    }
    name: str = Field(default="", max_length=200)
    message_class: MessageClass = MessageClass.L
    channel: str = Field(default="", max_length=40)
    segment_id: str = Field(default="", max_length=40)
    groups: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    title: str = Field(default="", max_length=200)
    template: str = Field(default="", max_length=4000)
    web_text: str = Field(default="", max_length=8000)
    tags: str = Field(default="", max_length=400)
    public: bool = False


class ScheduleForm(Form):
    """When a campaign runs: once at a local time, or again and again.

    time: `09:30`. weekday: 0 = Sunday, as in cron. cron: five fields, for what the choices cannot say.
    """

    MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = {
        ("at", "*"): msgid("请选择日期和时间"),
        ("time", "*"): msgid("请填写有效的时间，例如 09:30"),
        ("day", "*"): msgid("日期应在 1 到 31 之间"),
    }
    mode: Literal["once", "daily", "weekly", "monthly", "cron"] = "once"
    at: datetime | None = None
    time: clock_time = clock_time(9, 30)
    weekday: int = Field(default=1, ge=0, le=6)
    day: int = Field(default=1, ge=1, le=31)
    cron: str = Field(default="", max_length=100)

    @model_validator(mode="before")
    @classmethod
    def _empty_is_absent(cls, data: dict[str, object]) -> dict[str, object]:
        return {name: value for name, value in data.items() if value != ""}

    @model_validator(mode="after")
    def _once_needs_a_time(self) -> Self:
        if self.mode == "once" and self.at is None:
            raise ValueError(msgid("请选择日期和时间"))
        return self

    def spec(self) -> ScheduleSpec:
        """The plan meant, local time in China."""
        minute = f"{self.time.minute} {self.time.hour}"
        match self.mode:
            case "once":
                at = self.at or datetime.min
                return Once(to_ms(at if at.tzinfo else at.replace(tzinfo=CHINA)))
            case "daily":
                return Cron(f"{minute} * * *")
            case "weekly":
                return Cron(f"{minute} * * {self.weekday}")
            case "monthly":
                return Cron(f"{minute} {self.day} * *")
            case "cron":
                return Cron(self.cron)


class CancelForm(Form):
    """How many will not get it, typed so that it is meant; `shown`: what the page said."""

    MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = {
        ("remaining", "*"): msgid("请输入剩余人数以确认终止"),
    }
    remaining: int = Field(default=-1, ge=0)
    shown: int = Field(default=-1, ge=0)
