"""What is typed about canned replies."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field, field_validator

from channels.contract import ChannelKind
from hub.model.cases.replies.canned_reply import CannedScope, CannedText
from hub.model.track import Track
from hub.web.form import Form
from hub.web.i18n import msgid

VALUE_CHARS = 200
_LINE = re.compile(r"\s*([^\s=＝{}:：]{1,20})\s*[=＝:：]\s*(.+?)\s*")


class CannedForm(Form):
    """One text."""

    MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = {
        ("title", "*"): msgid("请写标题，2 至 40 个字"),
        ("text", "*"): msgid("请写正文，最多 2000 个字"),
        ("scope", "*"): msgid("请选择谁可以用"),
    }

    title: str = Field(default="", min_length=2, max_length=40)
    text: str = Field(default="", min_length=1, max_length=2000)
    scope: CannedScope = CannedScope.OWN
    channel: Literal[""] | ChannelKind = ""
    track: Literal[""] | Track = ""

    def content(self) -> CannedText:
        """The text as it is kept."""
        return CannedText(self.title, self.text, self.scope, str(self.channel), str(self.track))


class SendBackForm(Form):
    """Why a text is not approved."""

    MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = {
        ("remark", "*"): msgid("请写明退回的理由，至少 2 个字")
    }
    remark: str = Field(default="", min_length=2, max_length=200)


class ValuesForm(Form):
    """What variables stand for in a unit: a name and its value in each line."""

    MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = {
        ("values", "string_too_long"): msgid("内容太长，最多 100 行")
    }
    unit_id: str = Field(default="", max_length=64)
    values: str = Field(default="", max_length=20_000)

    @field_validator("values")
    @classmethod
    def _readable(cls, text: str) -> str:
        if any(_LINE.fullmatch(line) is None for line in _lines(text)):
            raise ValueError(msgid("每行写一个变量，例如 电话=0591-12345678"))
        return text

    def read(self) -> dict[str, str]:
        """Values by name."""
        found = (_LINE.fullmatch(line) for line in _lines(self.values))
        return {match[1]: match[2][:VALUE_CHARS] for match in found if match}


def _lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]
