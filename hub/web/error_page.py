"""Error pages: what happened, what became of the input, what to do, and a number for the phone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from aiohttp import web

from hub.web.i18n import msgid
from hub.web.keys import AGENT, SESSION
from hub.web.render import render
from hub.web.staff_page import staff_page

_TEXTS: Mapping[int, tuple[str, str]] = {
    400: (msgid("请求无法识别"), msgid("请返回上一页，刷新后重试。")),
    403: (
        msgid("您没有权限访问此页面"),
        msgid("页面也可能已经过期。请返回上一页，刷新后重试。"),
    ),
    404: (msgid("没有找到这个页面"), msgid("网址可能写错了，或者页面已经移走。您可以从首页重新开始。")),
    405: (msgid("不能这样访问"), msgid("请从首页重新开始，按页面上的按钮操作。")),
    409: (msgid("内容刚刚被别人修改"), msgid("请返回上一页，刷新后查看最新内容再操作。")),
    413: (msgid("内容太大"), msgid("您提交的内容超过了上限，没有保存。请返回上一页，缩短内容后重新提交。")),
    415: (msgid("这里不能上传文件"), msgid("请返回上一页，只填写文字后重新提交。")),
    422: (msgid("有内容需要修改"), msgid("请返回上一页，检查后重新提交。")),
    429: (msgid("操作太频繁"), msgid("请稍等几分钟再试。紧急情况请直接拨打 110。")),
    500: (
        msgid("服务暂时无法使用"),
        msgid("刚才的操作可能没有完成，请稍后再试。已经取得查询编号的事项不受影响。"),
    ),
    503: (msgid("服务暂时无法使用"), msgid("我们正在维护，请稍后再试。紧急情况请直接拨打 110。")),
}


_UNREADABLE = (
    msgid("这条记录无法读取"),
    msgid("它的存储内容已损坏，刚才的操作没有执行，其他记录不受影响。请联系系统管理员。"),
)


def unreadable_response(request: web.Request, request_id: str) -> web.Response:
    """The answer where the very row that was asked for is damaged: nothing is gained by trying again."""
    return error_response(request, 410, request_id, texts=_UNREADABLE)


def illegal_move_response(
    request: web.Request, request_id: str, reason: str, allowed: Sequence[str]
) -> web.Response:
    """The answer to a step that the table of moves does not allow: why not, and which ones it allows."""
    advice = msgid("请返回上一页，查看现在可以办理的步骤。")
    details = {"detail": str(reason), "allowed": list(allowed)}
    return error_response(request, 409, request_id, texts=(reason, advice), details=details)


def error_response(
    request: web.Request,
    status: int,
    request_id: str,
    headers: Mapping[str, str] | None = None,
    *,
    texts: tuple[str, str] | None = None,
    details: Mapping[str, object] | None = None,
) -> web.Response:
    """The answer for an error: a page for people, a problem document for programs.

    texts: title and advice, where those of the status do not fit. details: more fields for programs.
    """
    if request.path.startswith("/api/"):
        response = web.json_response(
            {
                "type": "about:blank",
                "title": HTTPStatus(status).phrase,
                "status": status,
                "request_id": request_id,
                **(details or {}),
            },
            status=status,
            content_type="application/problem+json",
        )
    elif request.path.startswith("/webhooks/"):
        response = web.Response(status=status, text=HTTPStatus(status).phrase)
    else:
        title, advice = texts or _TEXTS.get(status, _TEXTS[500 if status >= 500 else 400])
        in_frame = request.path.startswith("/staff/") and AGENT in request and SESSION in request
        draw = staff_page if in_frame else render
        response = draw(
            request,
            "staff/error.html" if draw is staff_page else "errors/error.html",
            status=status,
            title=title,
            advice=advice,
            status_code=status,
            request_id=request_id,
        )
    response.headers.update(headers or {})
    return response
