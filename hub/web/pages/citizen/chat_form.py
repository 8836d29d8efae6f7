"""One message of a chat."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from hub.web.form import Form
from hub.web.i18n import msgid

TEXT_CHARS = 1000
_EMPTY = msgid("请先写下您的问题")
_TOO_LONG = msgid("最多 %(max_length)s 个字，您写了 %(length)s 个，没有发送。请删减，或分几次发")


class ChatForm(Form):
    """`client_id`: made by the page; the same id with the same text is the same message.

    `after`: the number of the last message the page shows.
    """

    text: str = Field(default="", min_length=1, max_length=TEXT_CHARS)
    client_id: str = Field(default="", pattern=r"^[0-9a-z\-]{8,64}$")
    after: int = Field(default=0, ge=0, le=10**9)

    MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = {
        ("text", "string_too_short"): _EMPTY,
        ("text", "string_too_long"): _TOO_LONG,
    }


class QuestionForm(Form):
    """The question of the home page. An empty one is answered with an invitation, not an error."""

    question: str = Field(default="", max_length=TEXT_CHARS)
