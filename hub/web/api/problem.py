"""Problem documents (RFC 9457): what is wrong, in the reader's language, and a code that programs can rely
on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aiohttp import web
from pydantic import ValidationError

from hub.actions.departments.refusals import Problem
from hub.web.api.models import FieldProblem, ProblemDocument
from hub.web.form import TEXTS
from hub.web.i18n import msgid
from hub.web.middlewares import REQUEST_ID
from hub.web.render import translator

_TYPE = "urn:hub:problem:"
PROBLEM_TYPE = "application/problem+json"

_UNKNOWN_FIELD = msgid("没有这个字段，请检查拼写")
_NO_JSON = msgid("请求正文不是有效的 JSON")
_WRONG_KIND = msgid("类型不正确")
_OWN_TEXTS: Mapping[str, str] = {
    "missing": msgid("缺少此项"),
    "extra_forbidden": _UNKNOWN_FIELD,
    "json_invalid": _NO_JSON,
    "json_type": _NO_JSON,
    "model_type": _NO_JSON,
    "string_type": _WRONG_KIND,
    "list_type": _WRONG_KIND,
    "dict_type": _WRONG_KIND,
    "enum": msgid("只能是 %(expected)s"),
    "too_short": msgid("至少 %(min_length)s 项"),
    "too_long": msgid("最多 %(max_length)s 项"),
    "timezone_aware": msgid("时间要写明时区，例如 2026-12-01T09:00:00+08:00"),
    "datetime_parsing": msgid("时间应写成 2026-12-01T09:00:00+08:00"),
    "datetime_from_date_parsing": msgid("时间应写成 2026-12-01T09:00:00+08:00"),
    "datetime_type": msgid("时间应写成 2026-12-01T09:00:00+08:00"),
}

TITLES: Mapping[str, tuple[int, str, str]] = {
    "not_signed": (
        401,
        msgid("请求没有签名"),
        msgid("请带上 X-Hub-Key、X-Hub-Timestamp、X-Hub-Nonce 和 X-Hub-Signature 四个请求头。"),
    ),
    "wrong_signature": (
        401,
        msgid("密钥或签名不正确"),
        msgid("请核对密钥，并按文档中的示例逐行比对待签名文本。"),
    ),
    "wrong_time": (
        401,
        msgid("请求时间超出范围"),
        msgid("X-Hub-Timestamp 与平台时间相差不得超过 300 秒，请校准时钟。"),
    ),
    "bad_nonce": (401, msgid("随机串长度不对"), msgid("X-Hub-Nonce 应为 16 至 64 个字符。")),
    "nonce_used": (
        401,
        msgid("随机串已用过"),
        msgid("每次请求都要换新的 X-Hub-Nonce；重试时 client_ref 保持不变。"),
    ),
    "key_ended": (401, msgid("密钥已停用"), msgid("请使用新密钥，或联系平台管理员。")),
    "source_not_allowed": (403, msgid("来源地址不在名单内"), msgid("请联系平台管理员登记服务器的 IP 地址。")),
    "scope_not_allowed": (403, msgid("密钥没有这项权限"), msgid("请联系平台管理员核对密钥的使用范围。")),
    "not_found": (404, msgid("没有找到"), msgid("编号不存在，或者不属于本部门。")),
    "other_body": (
        409,
        msgid("同一 client_ref 的内容不同"),
        msgid("该 client_ref 已提交过其他内容，以先提交的为准。新内容请换新的 client_ref。"),
    ),
    "not_live": (
        409,
        msgid("部门还没有切换到本平台"),
        msgid("没有提交任何短信，请从旧平台发送。errors 说明处于哪个阶段。"),
    ),
    "too_large": (413, msgid("请求太大"), msgid("请分批提交，每次不超过 1000 个号码。")),
    "not_json": (415, msgid("格式不支持"), msgid("Content-Type 应为 application/json。")),
    "invalid": (422, msgid("有内容需要修改"), msgid("没有提交任何短信，请按 errors 修改后重新提交。")),
    "rate": (429, msgid("提交太快"), msgid("超过合同速率，请按 Retry-After 的秒数等待后重试。")),
    "daily_quota": (429, msgid("今日配额已用完"), msgid("本次提交会超出今日短信配额，没有提交任何短信。")),
    "monthly_quota": (429, msgid("本月配额已用完"), msgid("本次提交会超出本月短信配额，没有提交任何短信。")),
    "unavailable": (503, msgid("平台暂时不能接收"), msgid("没有确认提交，请稍后用同一 client_ref 重试。")),
}
"""By code: status, title, what to do."""


def problem_response(
    request: web.Request,
    code: str,
    *,
    errors: Sequence[FieldProblem] = (),
    retry_after: int = 0,
) -> web.Response:
    """The answer for a problem."""
    status, title, detail = TITLES[code]
    _ = translator(request)
    document = ProblemDocument(
        type=_TYPE + code,
        title=_(title),
        status=status,
        code=code,
        detail=_(detail),
        errors=list(errors),
        request_id=request[REQUEST_ID],
    )
    response = web.Response(
        status=status, text=document.model_dump_json(), content_type=PROBLEM_TYPE, charset="utf-8"
    )
    response.headers["Content-Language"] = _.language.tag
    if retry_after:
        response.headers["Retry-After"] = str(retry_after)
    if status == 401:
        response.headers["WWW-Authenticate"] = "X-Hub-Signature"
    return response


def of_business(request: web.Request, problems: Sequence[Problem]) -> list[FieldProblem]:
    """Problems of the use case, said."""
    _ = translator(request)
    return [FieldProblem(field=one.field, code=one.code, message=_(one.text)) for one in problems]


def of_validation(request: web.Request, problem: ValidationError) -> list[FieldProblem]:
    """Everything a model found, said; nothing of what was sent is said back."""
    _ = translator(request)
    found = []
    for error in problem.errors(include_input=False, include_url=False):
        field = ".".join(str(step) for step in error["loc"])
        kind, context = error["type"], error.get("ctx", {})
        if kind == "value_error":
            text = _(str(context["error"]))
        else:
            source = _OWN_TEXTS.get(kind) or TEXTS.get(kind, _WRONG_KIND)
            text = _(source, **context) if "%(" in source else _(source)
        found.append(FieldProblem(field=field, code=kind, message=text))
    return found
