"""What staff type, checked at the border."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from datetime import time as clock_time
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from campaigns.schedule import Cron, Once, ScheduleSpec
from channels.outbox.delivery import MessageClass
from hub.actions.deliveries.decide_delivery import Decision
from hub.model.agent import Role
from hub.runtime.clock import CHINA, to_ms
from hub.web.form import Form
from hub.web.i18n import msgid

Password = Annotated[str, StringConstraints(strip_whitespace=False, min_length=1, max_length=1000)]
"""Taken as it is: blanks at the ends may be meant."""
Login = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{1,39}$")]

_LOGIN = msgid("用户名为 2–40 个字母、数字、点、横线或下划线")
_AGAIN = msgid("两次填写的密码不一致")


def placed(errors: Mapping[str, str], field: str) -> dict[str, str]:
    """The errors, with what is wrong with the form as a whole said at `field`, where it can be mended."""
    return {field if name == "form" else name: text for name, text in errors.items()}


class LoginForm(Form):
    """A try to log in. Nothing is said about the shape of either."""

    MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = {
        ("login", "*"): msgid("请填写用户名"),
        ("password", "*"): msgid("请填写密码"),
    }
    login: str = Field(default="", min_length=1, max_length=100)
    password: Password = ""


class _NewPassword(Form):
    password: Password = ""
    again: str = Field(default="", max_length=1000)

    MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = {("password", "*"): msgid("请填写新密码")}

    @model_validator(mode="after")
    def _same(self) -> Self:
        # Compared without the blanks that `again` loses like every other field.
        if self.password.strip() != self.again.strip():
            raise ValueError(_AGAIN)
        return self


class PasswordForm(_NewPassword):
    """A change of one's own password."""

    MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = {
        ("current", "*"): msgid("请填写现在的密码"),
        ("password", "*"): msgid("请填写新密码"),
    }
    current: Password = ""


class SetupForm(_NewPassword):
    """The first administrator."""

    MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = {
        ("login", "*"): _LOGIN,
        ("name", "*"): msgid("请填写姓名"),
        ("unit", "*"): msgid("请填写单位名称"),
        ("password", "*"): msgid("请填写密码"),
    }
    login: Login = ""
    name: str = Field(default="", min_length=1, max_length=40)
    unit: str = Field(default="", min_length=2, max_length=60)


class AgentForm(Form):
    """A new staff member."""

    MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = {
        ("login", "*"): _LOGIN,
        ("name", "*"): msgid("请填写姓名"),
        ("unit_id", "*"): msgid("请选择单位"),
        ("role", "*"): msgid("请选择角色"),
    }
    login: Login = ""
    name: str = Field(default="", min_length=1, max_length=40)
    unit_id: str = Field(default="", min_length=1, max_length=64)
    role: Role = Field(default="", validate_default=True)


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


class DecideForm(Form):
    """What became of a delivery nobody was sure of."""

    decision: Decision
    version: int = 0


class RevealForm(Form):
    """Why a number is needed in full."""

    MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = {
        ("reason", "*"): msgid("请写明查看理由，至少 2 个字")
    }
    reason: str = Field(default="", min_length=2, max_length=200)


class CampaignForm(Form):
    """A campaign as it is typed; what it may hold is checked by `hub/actions/campaigns/draft_campaign.py`."""

    MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = {
        ("name", "*"): msgid("请填写活动名称，最多 60 个字"),
        ("message_class", "*"): msgid("请选择内容类型"),
    }
    name: str = Field(default="", max_length=200)
    message_class: MessageClass = MessageClass.L
    channel: str = Field(default="", max_length=40)
    groups: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    title: str = Field(default="", max_length=200)
    template: str = Field(default="", max_length=4000)
    public: bool = False


class ScheduleForm(Form):
    """When a campaign runs: once at a local time, or again and again.

    time: `09:30`. weekday: 0 = Sunday, as in cron. cron: five fields, for what the choices cannot say.
    """

    MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = {
        ("at", "*"): msgid("请选择日期和时间"),
        ("time", "*"): msgid("请填写有效的时间，例如 09:30"),
        ("day", "*"): msgid("日期应在 1 到 31 之间"),
    }
    mode: Literal["once", "daily", "weekly", "monthly", "cron"] = "once"
    at: datetime | None = None
    time: clock_time = clock_time(9, 30)
    weekday: int = Field(default=1, ge=0, le=6)
    day: int = Field(default=1, ge=1, le=31)
    cron: str = Field(default="", max_length=100)

    @model_validator(mode="before")
    @classmethod
    def _empty_is_absent(cls, data: dict[str, object]) -> dict[str, object]:
        return {name: value for name, value in data.items() if value != ""}

    @model_validator(mode="after")
    def _once_needs_a_time(self) -> Self:
        if self.mode == "once" and self.at is None:
            raise ValueError(msgid("请选择日期和时间"))
        return self

    def spec(self) -> ScheduleSpec:
        """The plan meant, local time in China."""
        minute = f"{self.time.minute} {self.time.hour}"
        match self.mode:
            case "once":
                at = self.at or datetime.min
                return Once(to_ms(at if at.tzinfo else at.replace(tzinfo=CHINA)))
            case "daily":
                return Cron(f"{minute} * * *")
            case "weekly":
                return Cron(f"{minute} * * {self.weekday}")
            case "monthly":
                return Cron(f"{minute} {self.day} * *")
            case "cron":
                return Cron(self.cron)


class CancelForm(Form):
    """How many will not get it, typed so that it is meant; `shown`: what the page said."""

    MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = {
        ("remaining", "*"): msgid("请输入剩余人数以确认终止"),
    }
    remaining: int = Field(default=-1, ge=0)
    shown: int = Field(default=-1, ge=0)
