"""What is typed about a matter, by its citizen or by somebody who takes it down: checked alike for both."""

from __future__ import annotations

from collections.abc import Container
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, ValidationInfo

from channels.address import Address, BadAddress
from channels.address import phone as read_phone
from hub.web.i18n import msgid

_DAY = msgid("请填写有效的日期，例如 2026-11-22")
_FUTURE = msgid("发生日期不能晚于今天")


def _not_after_today(text: str, info: ValidationInfo) -> str:
    if not text:
        return ""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError(_DAY) from None
    today = (info.context or {}).get("today")
    if isinstance(today, date) and day > today:
        raise ValueError(_FUTURE)
    return day.isoformat()


def _offered(code: str, info: ValidationInfo) -> str:
    regions: Container[str] = (info.context or {}).get("regions", ())
    return code if code in regions else ""


PastDay = Annotated[str, AfterValidator(_not_after_today)]
"""ISO date, "" for none. Context: `today` (local date)."""

OfferedRegion = Annotated[str, AfterValidator(_offered)]
"""A code that may be chosen, "" for any other. Context: `regions` (those codes)."""


def telephone(text: str, *, wrong: str) -> Address:
    """Somebody's number. Raises `ValueError` with the text `wrong`."""
    try:
        phone = read_phone(text)
    except BadAddress:
        raise ValueError(wrong) from None
    if not phone.value.startswith("+"):  # a service number is nobody's telephone
        raise ValueError(wrong)
    return phone
