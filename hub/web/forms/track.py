"""Number and query code, in whatever spelling they were copied down."""

from __future__ import annotations

import re
import unicodedata

from pydantic import field_validator

from hub.i18n import msgid
from hub.web.forms.form import Form

_REFERENCE = msgid("查询编号是 14 位数字，请核对")
_CODE = msgid("查询码是 8 位或 16 位数字，请核对")


class TrackForm(Form):
    """Both are asked together; whether they belong together is not for the form to say."""

    reference: str = ""
    code: str = ""

    @field_validator("reference")
    @classmethod
    def _reference(cls, text: str) -> str:
        digits = _digits(text)
        if re.fullmatch(r"\d{14}", digits) is None:
            raise ValueError(_REFERENCE)
        return digits

    @field_validator("code")
    @classmethod
    def _code(cls, text: str) -> str:
        digits = _digits(text)
        if re.fullmatch(r"\d{8}|\d{16}", digits) is None:
            raise ValueError(_CODE)
        return digits


def _digits(text: str) -> str:
    """Full-width digits, blanks and dashes are how people copy numbers."""
    return re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text))
