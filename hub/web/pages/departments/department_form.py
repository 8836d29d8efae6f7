"""A department as an administrator types it: lists one per line, money in yuan."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, ClassVar

from pydantic import Field, ValidationInfo, field_validator

from channels.outbox.delivery import MessageClass
from hub.model.departments.registered import (
    Contract,
    DepartmentTemplate,
    RegisteredDepartment,
    SenderLine,
)
from hub.web.form import Form
from hub.web.i18n import msgid

_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,30}")
_TEMPLATE = re.compile(r"([A-Za-z0-9_-]{1,30})\s*[|｜]\s*(E0|E1|N|L)\s*[|｜]\s*(.+)")
_STRAY_BRACE = re.compile(r"\{(?![A-Za-z0-9_]{1,30}\})|(?<![A-Za-z0-9_])\}")

BAD_ID = msgid("编号由 2 至 31 个小写字母、数字或连字符组成，不能是 new")
NO_CLASS = msgid("请至少选择一个消息级别")
BAD_SENDER = msgid("每行一个：已启用的短信通道名称，可在空格后写扩展号")
BAD_SIGNATURE = msgid("每行一个签名，2 至 20 个字，不写【】")
BAD_TEMPLATE = msgid("每行一个模板，写成：编号|级别|正文，变量写成 {name}")
NO_MEMBER = msgid("有登录名不是部门联络账号，请先在“人员与角色”新建")
NO_DESK = msgid("没有这个单位，请重新选择")
BAD_CALLBACK = msgid("回执地址应为 https，且主机在配置的名单内")
_Text = Annotated[str, Field(max_length=4000)]


class DepartmentForm(Form):
    """Context: `channels` (names of text channels), `members` (login → id), `desks` (ids of units),
    `may_call_back`."""

    MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = {
        ("name", "*"): msgid("请填写部门名称，最多 40 个字"),
        ("price", "*"): msgid("请填写单价，例如 0.045"),
        ("ends_on", "*"): msgid("请填写有效的日期，例如 2026-11-22"),
    }
    name: str = Field(default="", min_length=1, max_length=40)
    owner: str = Field(default="", max_length=100)
    members: _Text = ""
    senders: _Text = ""
    wants_texts: str = ""
    desk: str = Field(default="", max_length=64)
    signatures: _Text = ""
    templates: Annotated[str, Field(max_length=60_000)] = ""
    class_E0: str = ""
    class_E1: str = ""
    class_N: str = ""
    class_L: str = ""
    emergency_persons: _Text = ""
    share: int = Field(default=1, ge=1, le=100)
    daily_parts: int = Field(default=0, ge=0, le=1_000_000_000)
    monthly_parts: int = Field(default=0, ge=0, le=1_000_000_000)
    parts_per_second: int = Field(default=0, ge=0, le=100_000)
    price: Decimal = Field(default=Decimal(0), ge=0, le=100, decimal_places=3)
    ends_on: date | None = None
    callback_url: str = Field(default="", max_length=500)

    @field_validator("ends_on", mode="before")
    @classmethod
    def _no_end(cls, value: object) -> object:
        return value or None

    @field_validator("senders")
    @classmethod
    def _are_channels(cls, text: str, info: ValidationInfo) -> str:
        for line in lines(text):
            name, _, extension = line.partition(" ")
            if name not in _context(info)["channels"] or not re.fullmatch(r"\d{0,8}", extension.strip()):
                raise ValueError(BAD_SENDER)
        return text

    @field_validator("signatures")
    @classmethod
    def _are_signatures(cls, text: str) -> str:
        if any(not 2 <= len(line) <= 20 or re.search(r"[【】\[\]]", line) for line in lines(text)):
            raise ValueError(BAD_SIGNATURE)
        return text

    @field_validator("templates")
    @classmethod
    def _are_templates(cls, text: str) -> str:
        found = [_TEMPLATE.fullmatch(line) for line in lines(text)]
        codes = [one[1] for one in found if one]
        if None in found or len(set(codes)) < len(found):
            raise ValueError(BAD_TEMPLATE)
        if any(_STRAY_BRACE.search(one[3]) for one in found if one):
            raise ValueError(BAD_TEMPLATE)
        return text

    @field_validator("members")
    @classmethod
    def _are_members(cls, text: str, info: ValidationInfo) -> str:
        if any(line.casefold() not in _context(info)["members"] for line in lines(text)):
            raise ValueError(NO_MEMBER)
        return text

    @field_validator("desk")
    @classmethod
    def _is_desk(cls, unit: str, info: ValidationInfo) -> str:
        if unit and unit not in _context(info)["desks"]:
            raise ValueError(NO_DESK)
        return unit

    @field_validator("callback_url")
    @classmethod
    def _is_listed(cls, url: str, info: ValidationInfo) -> str:
        if url and not _context(info)["may_call_back"](url):
            raise ValueError(BAD_CALLBACK)
        return url

    @field_validator("class_L")
    @classmethod
    def _some_class(cls, value: str, info: ValidationInfo) -> str:
        if not (value or any(info.data.get(f"class_{one}") for one in MessageClass)):
            raise ValueError(NO_CLASS)
        return value

    def department(self, id: str, *, at: int, by: str, members: Mapping[str, str]) -> RegisteredDepartment:
        """What was typed, as it is stored. members: login → id."""
        templates = [_TEMPLATE.fullmatch(line) for line in lines(self.templates)]
        return RegisteredDepartment(
            id=id,
            name=self.name,
            changed_at=at,
            changed_by=by,
            share=self.share,
            daily_parts=self.daily_parts,
            monthly_parts=self.monthly_parts,
            classes=tuple(one for one in MessageClass if getattr(self, f"class_{one.value}")),
            contract=Contract(
                self.parts_per_second,
                int(self.price * 1000),
                self.ends_on.isoformat() if self.ends_on else "",
            ),
            senders=tuple(_sender(line) for line in lines(self.senders)),
            signatures=tuple(dict.fromkeys(lines(self.signatures))),
            templates=tuple(
                DepartmentTemplate(one[1], MessageClass(one[2]), one[3].strip()) for one in templates if one
            ),
            members=tuple(dict.fromkeys(members[line.casefold()] for line in lines(self.members))),
            callback_url=self.callback_url,
            wants_texts=bool(self.wants_texts),
            desk=self.desk,
            owner=self.owner,
            emergency_persons=tuple(dict.fromkeys(lines(self.emergency_persons))),
        )


def is_id(text: str) -> bool:
    """Whether a department may be called so."""
    return _ID.fullmatch(text) is not None and text != "new"  # which is the address of a page


def typed(department: RegisteredDepartment, logins: Mapping[str, str]) -> dict[str, str]:
    """A stored department as it would be typed. logins: id → login."""
    contract = department.contract
    return {
        "name": department.name,
        "owner": department.owner,
        "members": "\n".join(logins[id] for id in department.members if id in logins),
        "senders": "\n".join(f"{one.channel} {one.extension}".strip() for one in department.senders),
        "signatures": "\n".join(department.signatures),
        "templates": "\n".join(f"{t.code}|{t.message_class}|{t.text}" for t in department.templates),
        "emergency_persons": "\n".join(department.emergency_persons),
        "share": str(department.share),
        "daily_parts": str(department.daily_parts),
        "monthly_parts": str(department.monthly_parts),
        "parts_per_second": str(contract.parts_per_second),
        "price": f"{contract.price_milli / 1000:.3f}",
        "ends_on": contract.ends_on,
        "callback_url": department.callback_url,
        "desk": department.desk,
        "wants_texts": "yes" if department.wants_texts else "",
        **{f"class_{one.value}": "yes" if one in department.classes else "" for one in MessageClass},
    }


def lines(text: str) -> list[str]:
    """The lines that say something, without blanks round them."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def _sender(line: str) -> SenderLine:
    name, _, extension = line.partition(" ")
    return SenderLine(name, extension.strip())


def _context(info: ValidationInfo) -> Mapping[str, Any]:
    return info.context or {}
