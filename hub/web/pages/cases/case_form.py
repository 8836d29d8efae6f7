"""What is typed about a case."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from hub.web.form import Form
from hub.web.i18n import msgid


class CaseForm(Form):
    """Something typed about a case as it was when its page was shown."""

    version: int = 0


class ReplyForm(CaseForm):
    """An answer to the citizen."""

    MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = {
        ("text", "string_too_short"): msgid("请填写答复内容"),
        ("text", "string_too_long"): msgid("答复最多 2000 个字"),
    }
    text: str = Field(default="", min_length=1, max_length=2000)


class NoteForm(CaseForm):
    """Something for colleagues only."""

    MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = {
        ("text", "string_too_short"): msgid("请填写备注内容"),
        ("text", "string_too_long"): msgid("备注最多 2000 个字"),
    }
    text: str = Field(default="", min_length=1, max_length=2000)


class CorrectForm(CaseForm):
    """What was heard in a line of a transcript. start_ms: the line."""

    MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = {
        ("text", "string_too_long"): msgid("更正最多 500 个字"),
    }
    text: str = Field(default="", max_length=500)
    start_ms: int = 0


class RedactForm(CaseForm):
    """A span to take out of a recording, in seconds or minutes and seconds; `number`: one to put back, as
    the page counts them from 0, "" = none."""

    MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = {}
    start: str = Field(default="", max_length=12)
    end: str = Field(default="", max_length=12)
    reason: str = Field(default="", max_length=1000)
    number: str = Field(default="", max_length=4)


class AssignForm(CaseForm):
    """Who handles the case from now on."""

    MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = {("handler_id", "*"): msgid("请选择承办人")}
    handler_id: str = Field(default="", min_length=1, max_length=64)


class CloseForm(CaseForm):
    """Why the case is done."""

    MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = {
        ("reason", "*"): msgid("请写明办结理由，至少 2 个字")
    }
    reason: str = Field(default="", min_length=2, max_length=500)


class ReleaseForm(CaseForm):
    """Why a case of 待甄别 is no accusation."""

    MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = {
        ("reason", "*"): msgid("请写明放行理由，至少 2 个字")
    }
    reason: str = Field(default="", min_length=2, max_length=500)


class SplitForm(CaseForm):
    """Which message becomes a case of its own."""

    message_id: str = Field(default="", min_length=1, max_length=200)


class RevealForm(Form):
    """Why a number is needed in full."""

    MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = {
        ("reason", "*"): msgid("请写明查看理由，至少 2 个字")
    }
    reason: str = Field(default="", min_length=2, max_length=200)


_SPAN_TIME = re.compile(r"(?:(\d{1,4}):)?(\d{1,5}(?:\.\d{1,3})?)", re.ASCII)


def milliseconds(text: str) -> int | None:
    """A place in a recording: `12.5` seconds, or `1:02.5`; None for anything else."""
    found = _SPAN_TIME.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if found is None:
        return None
    return round((int(found[1] or 0) * 60 + float(found[2])) * 1000)
