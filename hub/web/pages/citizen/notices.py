"""What is published for everybody: warnings, law education, notices."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from hub.model.notice import NoticeKind
from hub.runtime.errors import NotFound
from hub.web.i18n import msgid
from hub.web.keys import HUB
from hub.web.render import render

NOTICE_KINDS: Mapping[NoticeKind, str] = {
    NoticeKind.WARNING: msgid("预警"),
    NoticeKind.EDUCATION: msgid("普法"),
    NoticeKind.NOTICE: msgid("通知"),
}
_SHOWN = 50


async def notices(request: web.Request) -> web.Response:
    """GET /notices"""
    found = await request.app[HUB].repositories.notices.list(_SHOWN)
    return render(request, "citizen/notices.html", notices=found, kinds=NOTICE_KINDS)


async def notice(request: web.Request) -> web.Response:
    """GET /notices/{id}"""
    found = await request.app[HUB].repositories.notices.get(request.match_info["id"])
    if found is None:
        raise NotFound("notice")
    return render(request, "citizen/notice.html", notice=found, kinds=NOTICE_KINDS)
