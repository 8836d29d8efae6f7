"""A campaign and its end, as typed. Its plan: `schedule_form.py`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from channels.outbox.delivery import MessageClass
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
    mail_subject: str = Field(default="", max_length=200)
    mail_text: str = Field(default="", max_length=8000)
    tags: str = Field(default="", max_length=400)
    public: bool = False


class CancelForm(Form):
    """How many will not get it, typed so that it is meant; `shown`: what the page said."""

    MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = {
        ("remaining", "*"): msgid("请输入剩余人数以确认终止"),
    }
    remaining: int = Field(default=-1, ge=0)
    shown: int = Field(default=-1, ge=0)
