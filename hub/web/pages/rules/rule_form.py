"""What administrators type about rules. The rows themselves are checked by their book."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import ClassVar

from pydantic import Field, field_validator

from hub.runtime.clock import CHINA, to_ms
from hub.web.form import Form
from hub.web.i18n import msgid


class ProposalForm(Form):
    """Why rules are changed, and from which day on; none: as soon as they are approved."""

    MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = {("reason", "*"): msgid("请写明理由，2–500 个字")}
    reason: str = Field(default="", min_length=2, max_length=500)
    wanted_from: date | None = None

    @field_validator("wanted_from", mode="before")
    @classmethod
    def _none_is_at_once(cls, value: object) -> object:
        return value or None

    def wanted_ms(self) -> int:
        """The beginning of the day in ms UTC, 0 for none."""
        return to_ms(datetime.combine(self.wanted_from, time.min, CHINA)) if self.wanted_from else 0


class NoteForm(Form):
    """Why a proposal is refused."""

    MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = {("note", "*"): msgid("请写明理由，2–500 个字")}
    note: str = Field(default="", min_length=2, max_length=500)
