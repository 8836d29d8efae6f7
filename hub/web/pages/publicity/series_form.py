"""A series, and a change of one of its items, as typed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import ClassVar

from pydantic import Field, field_validator

from campaigns.segment import Segment
from campaigns.series import DayOff, Order, Rhythm
from hub.actions.campaigns.publicity.plan_series import SeriesDraft
from hub.runtime.clock import CHINA, to_ms
from hub.web.form import Form
from hub.web.i18n import msgid

MOST_LEAD_DAYS = 30


class SeriesForm(Form):
    """What it may hold is checked by `hub/actions/campaigns/publicity/plan_series.py`.

    id: made for the form, so that a second press plans nothing twice. channel: "" = on the web only.
    """

    MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = {
        ("id", "*"): msgid("页面已过期，请返回上一页并刷新"),
        ("first", "*"): msgid("请选择第一期的日期"),
        ("at", "*"): msgid("请填写有效的时间，例如 09:30"),
        ("lead_days", "*"): msgid("提前送审应为 1 到 30 天"),
    }
    id: str = Field(default="", pattern=r"^[0-9a-f]{26}$")
    name: str = Field(default="", max_length=200)
    lessons: tuple[str, ...] = ()
    rhythm: Rhythm = Rhythm.WEEKLY
    first: date
    at: time = time(10, 0)
    day_off: DayOff = DayOff.MOVE
    order: Order = Order.LISTED
    channel: str = Field(default="", max_length=40)
    segment_id: str = Field(default="", max_length=40)
    groups: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    public: bool = False
    lead_days: int = Field(default=7, ge=1, le=MOST_LEAD_DAYS)

    def draft(self, segment: Segment) -> SeriesDraft:
        """What is meant. segment: the filter that was chosen."""
        return SeriesDraft(
            name=self.name,
            lesson_ids=self.lessons,
            rhythm=self.rhythm,
            first=self.first,
            at=self.at,
            day_off=self.day_off,
            channel=self.channel,
            segment=segment,
            segment_id=self.segment_id,
            public=self.public,
            lead_days=self.lead_days,
            order=self.order,
        )


class MoveForm(Form):
    """Another time for an item, local."""

    MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = {("at", "*"): msgid("请选择日期和时间")}
    at: datetime

    @field_validator("at")
    @classmethod
    def _local(cls, at: datetime) -> datetime:
        return at if at.tzinfo else at.replace(tzinfo=CHINA)

    def at_ms(self) -> int:
        """ms UTC."""
        return to_ms(self.at)


class ReplaceForm(Form):
    """Other words for an item: a shipped text by its id, or the office's own."""

    lesson: str = Field(default="", max_length=80)
    title: str = Field(default="", max_length=300)
    sms: str = Field(default="", max_length=4_000)
    web: str = Field(default="", max_length=20_000)
