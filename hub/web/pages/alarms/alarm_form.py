"""What is typed or pressed on the alarm page."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from hub.model.alarms.alarm import Way
from hub.web.form import Form


class SignOnForm(Form):
    """read: id of the turn whose note was shown."""

    read: str = Field(default="", max_length=64)


class SignOffForm(Form):
    """The hand-over note; its length is checked by the action, which says what to write."""

    note: str = ""


class ActForm(Form):
    """One button. version: of the case as it was shown. way: of 转 110. who: answered at 110."""

    version: int = Field(default=0, ge=0)
    way: Way | Literal[""] = ""
    who: str = ""


class BeatForm(Form):
    """A page answers its stream. sounds: whether its sound runs."""

    sounds: Literal["yes", "no"] = "no"
