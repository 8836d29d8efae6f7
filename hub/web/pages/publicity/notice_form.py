"""A public item as an officer types it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from hub.actions.campaigns.publicity.publish_notice import NoticeDraft
from hub.model.notice import NoticeKind
from hub.web.form import Form
from hub.web.i18n import msgid


class NoticeForm(Form):
    """What it may hold is checked by `hub/actions/campaigns/publicity/publish_notice.py`.

    id: made for the form, so that a second press publishes nothing twice.
    """

    MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = {
        ("kind", "*"): msgid("请选择内容类型"),
        ("id", "*"): msgid("页面已过期，请返回上一页并刷新"),
    }
    id: str = Field(default="", pattern=r"^[0-9a-f]{26}$")
    kind: NoticeKind = NoticeKind.EDUCATION
    topic: str = Field(default="", max_length=40)
    title: str = Field(default="", max_length=300)
    text: str = Field(default="", max_length=20_000)
    law: str = Field(default="", max_length=400)
    lesson_id: str = Field(default="", max_length=80)

    def draft(self) -> NoticeDraft:
        """What is meant."""
        return NoticeDraft(
            kind=self.kind,
            title=self.title,
            text=self.text,
            topic=self.topic if self.kind is NoticeKind.EDUCATION else "",
            law=self.law,
            lesson_id=self.lesson_id,
        )
