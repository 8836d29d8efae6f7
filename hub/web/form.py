"""Forms: one pydantic model each, every error at once, in the reader's language.

pydantic's own texts are English and speak to programmers; the table below says the same to
people. A field may say it better: `MESSAGES` of its form, by field and error type.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from hub.web.i18n import Translator, msgid


class Form(BaseModel):
    """Root of all forms: blanks trimmed, unknown fields ignored, defaults checked as well.

    MESSAGES: (field, pydantic error type) → text; an error type of "*" stands for all others.
    """

    model_config = ConfigDict(extra="ignore", frozen=True, str_strip_whitespace=True, validate_default=True)

    MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = {}


@dataclass(frozen=True, slots=True)
class FormErrors:
    """What has to be changed: field → text, in the order of the fields on the page."""

    fields: Mapping[str, str]


F = TypeVar("F", bound=Form)

_FILL_IN = msgid("请填写此项")
_CHOOSE = msgid("请选择一项")
_NUMBER = msgid("请填写数字")
_WHOLE = msgid("请填写整数")
_DATE = msgid("请填写有效的日期，例如 2026-11-22")
_TIME = msgid("请填写有效的时间，例如 09:30")
_YES_NO = msgid("请选择是或否")
_ADDRESS = msgid("请填写完整的网址，例如 https://example.com")
_NOT_VALID = msgid("填写的内容无法识别，请检查")

TEXTS: Mapping[str, str] = {
    "missing": _FILL_IN,
    "none_required": msgid("此项应为空"),
    "string_type": _FILL_IN,
    "string_too_short": msgid("至少填写 %(min_length)s 个字"),
    "string_too_long": msgid("最多填写 %(max_length)s 个字"),
    "string_pattern_mismatch": msgid("格式不正确，请检查"),
    "string_sub_type": _NOT_VALID,
    "string_unicode": _NOT_VALID,
    "enum": _CHOOSE,
    "literal_error": _CHOOSE,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_parsing_size": msgid("数字太大"),
    "int_from_float": _WHOLE,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "decimal_type": _NUMBER,
    "decimal_parsing": _NUMBER,
    "decimal_max_digits": msgid("数字太长"),
    "decimal_max_places": msgid("最多保留 %(decimal_places)s 位小数"),
    "greater_than": msgid("应大于 %(gt)s"),
    "greater_than_equal": msgid("不能小于 %(ge)s"),
    "less_than": msgid("应小于 %(lt)s"),
    "less_than_equal": msgid("不能大于 %(le)s"),
    "multiple_of": msgid("应为 %(multiple_of)s 的倍数"),
    "bool_type": _YES_NO,
    "bool_parsing": _YES_NO,
    "date_type": _DATE,
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "date_from_datetime_inexact": _DATE,
    "date_past": msgid("日期应在今天之前"),
    "date_future": msgid("日期应在今天之后"),
    "datetime_type": _DATE,
    "datetime_parsing": _DATE,
    "datetime_from_date_parsing": _DATE,
    "datetime_past": msgid("时间应早于现在"),
    "datetime_future": msgid("时间应晚于现在"),
    "timezone_aware": _TIME,
    "timezone_naive": _TIME,
    "time_type": _TIME,
    "time_parsing": _TIME,
    "time_delta_parsing": _TIME,
    "url_parsing": _ADDRESS,
    "url_type": _ADDRESS,
    "url_scheme": _ADDRESS,
    "url_too_long": msgid("网址太长"),
    "uuid_parsing": _NOT_VALID,
    "list_type": _CHOOSE,
    "set_type": _CHOOSE,
    "too_short": msgid("至少选择 %(min_length)s 项"),
    "too_long": msgid("最多选择 %(max_length)s 项"),
    "json_invalid": _NOT_VALID,
}


def parse(
    model: type[F],
    data: Mapping[str, object],
    translator: Translator,
    context: Mapping[str, object] | None = None,
) -> F | FormErrors:
    """The checked form, or everything that is wrong with it.

    context: what validators need to know besides the form, such as today's date.
    """
    try:
        return model.model_validate(dict(data), context=dict(context or {}))
    except ValidationError as problem:
        fields: dict[str, str] = {}
        for error in problem.errors():
            name = ".".join(str(step) for step in error["loc"]) or "form"
            fields.setdefault(name, _text(model, name, error, translator))
        return FormErrors(fields)


_UNSEEN = dict.fromkeys([0, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F])
"""Characters nobody sees that end a text or turn the order of what stands round it."""


async def read_form(request: web.Request) -> dict[str, str]:
    """The posted fields as text; the last one of a name counts, files are left out.

    Raises HTTPRequestEntityTooLarge (413) and HTTPBadRequest for what is no form.
    """
    try:
        posted = await request.post()
    except (ValueError, LookupError):
        raise web.HTTPBadRequest from None
    return {
        name: value.translate(_UNSEEN).replace("\r\n", "\n")
        for name, value in posted.items()
        if isinstance(value, str)
    }


def _text(model: type[Form], name: str, error: ErrorDetails, translator: Translator) -> str:
    kind = error["type"]
    context = dict(error.get("ctx", {}))
    if isinstance(error["input"], str):
        context["length"] = len(error["input"])
    if kind == "value_error":  # a validator of ours: its text is a source text
        return translator(str(context["error"]))
    own = model.MESSAGES.get((name, kind)) or model.MESSAGES.get((name, "*"))
    if own is not None:
        return translator(own, **context) if "%(" in own else translator(own)
    if kind == "string_too_short" and (context.get("min_length") == 1 or not error["input"]):
        return translator(_FILL_IN)
    text = TEXTS.get(kind, _NOT_VALID)
    return translator(text, **context) if "%(" in text else translator(text)


def placed(errors: Mapping[str, str], field: str) -> dict[str, str]:
    """The errors, with what is wrong with the form as a whole said at `field`, where it can be mended."""
    return {field if name == "form" else name: text for name, text in errors.items()}
