"""What is typed about somebody who called, came or wrote a letter."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator

from channels.address import is_textable
from channels.address import phone as read_phone
from hub.actions.people.take_down import Source, Taken
from hub.model.people.contact import Need
from hub.model.track import Track
from hub.runtime.clock import CHINA, to_ms
from hub.web.form import Form
from hub.web.i18n import msgid
from hub.web.pages.typed_matter import OfferedRegion, PastDay, telephone

MATTER_CHARS = 5000
FIELDS = (
    "form_id",
    "source",
    "at",
    "track",
    "matter",
    "place",
    "occurred_on",
    "region",
    "anonymous",
    "name",
    "phone",
    "dialect",
    "electronic",
    "texted",
    "call_id",
    *(f"need-{need}" for need in Need),
)

_STALE = msgid("页面已过期，请从头填写")
_PHONE = msgid("电话号码格式不正确，例如 13800001234 或 059187654321")
_NO_TEXT = msgid("这个号码收不到短信，请当面告知编号和查询码")
_NEEDS_PHONE = msgid("要发短信，请填写手机号")
_TIME = msgid("请填写有效的时间，例如 2026-11-22 09:30")
_LATER = msgid("收到时间不能晚于现在")


class NewCaseForm(Form):
    """As posted. Context: `now` (local time), `today` and `regions` (codes that may be chosen)."""

    form_id: str = Field(default="", pattern=r"^[0-9a-f]{32}$")
    source: Source
    at: str = ""
    track: Track
    matter: str = Field(default="", min_length=4, max_length=MATTER_CHARS)
    place: str = Field(default="", max_length=200)
    occurred_on: PastDay = ""
    region: OfferedRegion = ""
    anonymous: Literal["", "yes"] = ""
    name: str = Field(default="", max_length=50)
    phone: str = ""
    dialect: str = Field(default="", max_length=20)
    electronic: Literal["", "yes"] = ""
    texted: Literal["", "yes"] = ""
    call_id: str = Field(default="", max_length=64)

    MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = {
        ("form_id", "*"): _STALE,
        ("matter", "string_too_short"): msgid("请写明反映的事情，至少 4 个字"),
    }

    @field_validator("at")
    @classmethod
    def _received(cls, text: str, info: ValidationInfo) -> str:
        if not text:
            return ""
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            raise ValueError(_TIME) from None
        now = (info.context or {}).get("now")
        if at.tzinfo is not None or at.year < 2000:
            raise ValueError(_TIME)
        if isinstance(now, datetime) and at > now.replace(tzinfo=None) + timedelta(minutes=1):
            raise ValueError(_LATER)
        return at.isoformat(timespec="minutes")

    @field_validator("name")
    @classmethod
    def _named(cls, text: str, info: ValidationInfo) -> str:
        return "" if info.data.get("anonymous") else text

    @field_validator("phone")
    @classmethod
    def _phone(cls, text: str, info: ValidationInfo) -> str:
        return "" if info.data.get("anonymous") else phone_of(text)

    @field_validator("texted")
    @classmethod
    def _textable(cls, wanted: str, info: ValidationInfo) -> str:
        phone = info.data.get("phone")
        if not wanted or info.data.get("anonymous") or phone is None:  # None: it is wrong, and said so there
            return ""
        if not phone:
            raise ValueError(_NEEDS_PHONE)
        if not is_textable(read_phone(phone)):
            raise ValueError(_NO_TEXT)
        return wanted

    def taken(self, posted: Mapping[str, str], now: int) -> Taken:
        """The checked values as the action takes them. now: ms UTC."""
        at = to_ms(datetime.fromisoformat(self.at).replace(tzinfo=CHINA)) if self.at else now
        return Taken(
            form_id=self.form_id,
            source=self.source,
            at=min(at, now),  # the browser's minute may have begun before ours
            track=self.track,
            matter=self.matter,
            place=self.place,
            occurred_on=self.occurred_on,
            region=self.region,
            name=self.name,
            phone=self.phone,
            anonymous=bool(self.anonymous),
            needs=needs_of(posted),
            dialect=self.dialect,
            electronic=bool(self.electronic),
            texted=bool(self.texted),
            call_id=self.call_id,
        )


def needs_of(posted: Mapping[str, str]) -> tuple[Need, ...]:
    """The boxes `need-deaf` and so on; whoever names a dialect needs somebody who speaks it."""
    boxes = {need for need in Need if posted.get(f"need-{need}")}
    if posted.get("dialect", "").strip():
        boxes.add(Need.DIALECT)
    return tuple(need for need in Need if need in boxes)


def phone_of(text: str) -> str:
    """A number as it is stored, "" for none. Raises `ValueError` with what is wrong with it."""
    return telephone(text, wrong=_PHONE).value if text else ""
