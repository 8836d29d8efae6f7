"""Which of the deliveries that ended are meant: by reason, sender and local day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated, Self
from urllib.parse import urlencode

from pydantic import BeforeValidator, Field, model_validator

from hub.repositories.deliveries.dead_letters import DeadFilter
from hub.runtime.clock import CHINA, to_ms
from hub.web.form import Form
from hub.web.i18n import msgid

Day = Annotated[date | None, BeforeValidator(lambda typed: typed or None)]


class EndedForm(Form):
    """since, until: the first and the last day. before: an instant (ms UTC) that bounds it as well, 0 = none:
    what ended after a look is not what was looked at."""

    reason: str = Field(default="", max_length=80)
    sender: str = Field(default="", max_length=40)
    since: Day = None
    until: Day = None
    before: int = Field(default=0, ge=0, le=9_999_999_999_999)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.since and self.until and self.until < self.since:
            raise ValueError(msgid("结束日期不能早于开始日期"))
        return self

    def wanted(self) -> DeadFilter:
        """As a query."""
        ends = [self.before] if self.before else []
        if self.until:
            ends.append(_midnight(self.until + timedelta(days=1)))
        since = _midnight(self.since) if self.since else 0
        return DeadFilter(self.reason, self.sender, since, min(ends, default=0))

    def fields(self) -> dict[str, str]:
        """What was chosen, as fields of a form or of an address."""
        chosen = {
            "reason": self.reason,
            "sender": self.sender,
            "since": self.since.isoformat() if self.since else "",
            "until": self.until.isoformat() if self.until else "",
        }
        return {name: value for name, value in chosen.items() if value}

    def address(self, path: str, **more: str) -> str:
        """The address of a page with these fields."""
        asked = urlencode(self.fields() | {name: value for name, value in more.items() if value})
        return f"{path}?{asked}" if asked else path


def _midnight(day: date) -> int:
    return to_ms(datetime.combine(day, time.min, CHINA))
