"""Number and query code, in whatever spelling they were copied down."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from pydantic import field_validator, model_validator

from hub.web.form import Form
from hub.web.i18n import msgid
from hub.web.pages.citizen.said_numbers import pair_in

NO_REFERENCE = msgid("查询编号是 14 位数字，请核对")
NO_CODE = msgid("查询码是 8 位或 16 位数字，请核对")


class TrackForm(Form):
    """Both are asked together; whether they belong together is not for the form to say.

    Which numbers there are depends on the configured systems, so the form only brings them into one spelling.
    """

    reference: str = ""
    code: str = ""

    @model_validator(mode="before")
    @classmethod
    def _copied(cls, given: Any) -> Any:
        """Both numbers in one field, as our own pages and texts copy them: 查询编号 … 查询码 …."""
        if not isinstance(given, Mapping):
            return given
        for name in ("reference", "code"):
            found = pair_in(str(given.get(name, "")))
            if found is not None:
                return {**given, "reference": found[0], "code": found[1]}
        return given

    @field_validator("reference")
    @classmethod
    def _reference(cls, text: str) -> str:
        bare = _bare(text).upper()
        if re.fullmatch(r"[0-9A-Z]{4,40}", bare) is None:
            raise ValueError(NO_REFERENCE)
        return bare

    @field_validator("code")
    @classmethod
    def _code(cls, text: str) -> str:
        bare = _bare(text)
        if re.fullmatch(r"[0-9A-Za-z]{4,20}", bare) is None:
            raise ValueError(NO_CODE)
        return bare


def _bare(text: str) -> str:
    """Full-width digits, blanks and dashes are how people copy numbers."""
    return re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text))
