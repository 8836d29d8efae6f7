"""Logins and passwords as they are typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Self

from pydantic import Field, StringConstraints, model_validator

from hub.web.form import Form
from hub.web.i18n import msgid

Password = Annotated[str, StringConstraints(strip_whitespace=False, min_length=1, max_length=1000)]
"""Taken as it is: blanks at the ends may be meant."""
Login = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{1,39}$")]

LOGIN_SHAPE = msgid("用户名为 2–40 个字母、数字、点、横线或下划线")
_AGAIN = msgid("两次填写的密码不一致")


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
        ("login", "*"): LOGIN_SHAPE,
        ("name", "*"): msgid("请填写姓名"),
        ("unit", "*"): msgid("请填写单位名称"),
        ("password", "*"): msgid("请填写密码"),
    }
    login: Login = ""
    name: str = Field(default="", min_length=1, max_length=40)
    unit: str = Field(default="", min_length=2, max_length=60)


class InspectorForm(_NewPassword):
    """The first inspector, a second person."""

    MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = {
        ("login", "*"): LOGIN_SHAPE,
        ("name", "*"): msgid("请填写姓名"),
        ("password", "*"): msgid("请填写密码"),
    }
    login: Login = ""
    name: str = Field(default="", min_length=1, max_length=40)
