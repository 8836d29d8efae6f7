"""A new member of the staff, as typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from hub.model.agent import Role
from hub.web.form import Form
from hub.web.i18n import msgid
from hub.web.pages.staff.password_form import LOGIN_SHAPE, Login


class AgentForm(Form):
    """A new staff member."""

    MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = {
        ("login", "*"): LOGIN_SHAPE,
        ("name", "*"): msgid("请填写姓名"),
        ("unit_id", "*"): msgid("请选择单位"),
        ("role", "*"): msgid("请选择角色"),
    }
    login: Login = ""
    name: str = Field(default="", min_length=1, max_length=40)
    unit_id: str = Field(default="", min_length=1, max_length=64)
    role: Role = Field(default="", validate_default=True)
