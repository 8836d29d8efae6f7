"""The petition form: what happened, and how to reach the citizen, or deliberately not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator

from channels.address import BadAddress, is_textable
from channels.address import email as read_email
from hub.model.petition import Petition, PetitionKind
from hub.web.form import Form
from hub.web.i18n import Language, msgid
from hub.web.pages.typed_matter import OfferedRegion, PastDay, telephone

BODY_CHARS = 5000
FIELDS = (
    "submission_id",
    "kind",
    "title",
    "body",
    "occurred_on",
    "region",
    "place",
    "anonymous",
    "name",
    "phone",
    "email",
    "electronic",
    "no_emergency",
)

_TITLE = msgid("请用 2–120 个字概括您要反映的问题")
_BODY = msgid("请写明事情经过，例如时间、地点、涉及的单位")
_NAME = msgid("请填写姓名；不想留下姓名时，请选择匿名")
_PHONE = msgid("手机号应为 11 位数字，例如 13800001234")
_REACH = msgid("请填写手机号或者电子邮箱，方便我们答复您")
_EMAIL = msgid("电子邮箱格式不正确，例如 name@example.com")
_STALE = msgid("页面已过期，请从头填写")


class PetitionForm(Form):
    """As posted. Context: `today` (local date) and `regions` (codes that may be chosen)."""

    submission_id: str = Field(pattern=r"^[0-9a-f]{32}$")
    kind: PetitionKind
    title: str = Field(default="", min_length=2, max_length=120)
    body: str = Field(default="", min_length=10, max_length=BODY_CHARS)
    occurred_on: PastDay = ""
    region: OfferedRegion = ""
    place: str = Field(default="", max_length=200)
    anonymous: Literal["yes", "no"]
    name: str = Field(default="", max_length=50)
    email: str = ""  # before phone: one of the two is enough, and phone reports when both are absent
    phone: str = ""
    no_emergency: Literal["", "yes"] = ""
    electronic: Literal["", "yes"] = ""

    MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = {
        ("title", "*"): _TITLE,
        ("body", "string_too_short"): _BODY,
        ("submission_id", "*"): _STALE,
    }

    @field_validator("name")
    @classmethod
    def _named(cls, text: str, info: ValidationInfo) -> str:
        if _is_anonymous(info):
            return ""
        if not text and _is_named(info):
            raise ValueError(_NAME)
        return text

    @field_validator("email")
    @classmethod
    def _email(cls, text: str, info: ValidationInfo) -> str:
        if _is_anonymous(info) or not text:
            return ""
        try:
            return read_email(text).value
        except BadAddress:
            raise ValueError(_EMAIL) from None

    @field_validator("phone")
    @classmethod
    def _phone(cls, text: str, info: ValidationInfo) -> str:
        if _is_anonymous(info):
            return ""
        if not text:
            # `email` is absent from the data when it was wrong: then it is reported already.
            if _is_named(info) and info.data.get("email") == "":
                raise ValueError(_REACH)
            return ""
        phone = telephone(text, wrong=_PHONE)
        if not is_textable(phone):  # a landline takes no text
            raise ValueError(_PHONE)
        return phone.value

    def petition(self, language: Language) -> Petition:
        """The checked values as the actions take them."""
        return Petition(
            submission_id=self.submission_id,
            kind=self.kind,
            title=self.title,
            body=self.body,
            place=self.place,
            occurred_on=self.occurred_on,
            region=self.region,
            name=self.name,
            phone=self.phone,
            email=self.email,
            anonymous=self.anonymous == "yes",
            language=language.value,
            no_emergency=self.no_emergency == "yes",
            electronic=self.electronic == "yes",
        )


def _is_anonymous(info: ValidationInfo) -> bool:
    return info.data.get("anonymous") == "yes"


def _is_named(info: ValidationInfo) -> bool:
    return info.data.get("anonymous") == "no"
