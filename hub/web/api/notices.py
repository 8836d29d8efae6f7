"""Notices to applicants: 预审结果 and 一次性告知, written by the hub from what the department knows."""

from __future__ import annotations

from aiohttp import web

from channels.outbox.delivery import MessageClass
from hub.actions.departments.notice_text import NoticeWanted, notice_text
from hub.actions.departments.wording import TextsWanted
from hub.web.api.door import ApiCall, read
from hub.web.api.models import NoticeSubmission
from hub.web.api.shadow import caller_of
from hub.web.api.texts import taken
from hub.web.keys import HUB


async def submit(call: ApiCall) -> web.Response:
    """POST /api/v1/notices/submit: a text of class N to one number."""
    asked = read(call, NoticeSubmission)
    wanted = NoticeWanted(
        kind=asked.kind,
        matter=asked.matter,
        reference=asked.reference,
        materials=tuple(asked.materials),
        reason=asked.reason,
        place=asked.place,
        until=asked.until,
    )
    texts = TextsWanted(
        client_ref=asked.client_ref,
        to=(asked.to,),
        text=notice_text(wanted),
        message_class=MessageClass.N,
        sender=asked.sender,
        extension=asked.extension,
        signature=asked.signature,
        callback_url=asked.callback,
        asked=asked.model_dump_json(exclude_defaults=True),
    )
    return taken(await call.request.app[HUB].departments.submit(caller_of(call.key), texts))
