"""What is typed about a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from hub.actions.people.edit_person import Noted
from hub.web.form import Form
from hub.web.i18n import msgid
from hub.web.pages.people.new_case_form import needs_of

ASKED = "群众要求"
"""Why nobody may telephone, where nothing else was said."""

_REASON = msgid("请写明理由，2 到 200 个字")


class PersonForm(Form):
    """What is so now. A box for each need: `need-deaf`. case_id: where the form stood, "" = the page."""

    MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = {
        ("dialect", "*"): msgid("方言或语言最多 20 个字"),
        ("why", "*"): msgid("原因最多 100 个字"),
    }
    version: int = 0
    case_id: str = Field(default="", max_length=64)
    dialect: str = Field(default="", max_length=20)
    do_not_call: str = ""
    why: str = Field(default="", max_length=100)

    def noted(self, posted: Mapping[str, str]) -> Noted:
        """As the action takes it. posted: the boxes are read from."""
        why = (self.why or ASKED) if self.do_not_call else ""
        return Noted(needs_of(posted), self.dialect, why)


class MergeForm(Form):
    """Who else it is, and why. confirmed: what comes together was shown."""

    MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = {("reason", "*"): _REASON}
    case_id: str = Field(default="", max_length=64)
    reference: str = Field(default="", max_length=40)
    reason: str = Field(default="", min_length=2, max_length=200)
    confirmed: str = ""


class UnmergeForm(Form):
    """Which contact is taken out again, and why."""

    MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = {("reason", "*"): _REASON}
    case_id: str = Field(default="", max_length=64)
    member: str = Field(default="", max_length=64)
    reason: str = Field(default="", min_length=2, max_length=200)
