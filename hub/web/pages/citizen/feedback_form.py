"""有用 or 没用, and in one line why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from hub.model.feedback import REASON_CHARS, Verdict
from hub.web.form import Form
from hub.web.i18n import msgid


class FeedbackForm(Form):
    """`back`: the page it was given on, "chat" or "" for the entry's own."""

    verdict: Verdict
    reason: str = Field(default="", max_length=REASON_CHARS)
    back: str = Field(default="", max_length=20)

    MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = {
        ("verdict", "*"): msgid("请选择“有用”或“没用”"),
        ("reason", "string_too_long"): msgid("说明最多 %(max_length)s 个字"),
    }
