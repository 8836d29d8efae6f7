"""Letters that nobody could read: when, how large, why; to be saved, read again, or closed.

The letter itself is handed out by its case (`evidence.py`), which looks who asks and writes it down.
"""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from hub.actions.intake.read_letters import NO_READER
from hub.actions.intake.unread_letters import UnreadLetters
from hub.runtime.errors import NotFound, Stale
from hub.web.form import Form, FormErrors, parse, read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import msgid
from hub.web.keys import HUB
from hub.web.render import translator
from hub.web.staff_page import done, staff_page

PATH = "/staff/letters"
WHY: Mapping[str, str] = {
    "time": msgid("读取超过时限，内容可能是专门构造的"),
    "memory": msgid("读取需要的内存超过上限，内容可能是专门构造的"),
    NO_READER: msgid("读信程序十分钟内没有启动，系统恢复后可重新读取"),
}
OTHER = msgid("读信程序在这封来信上出错")
MEANWHILE = msgid("这封来信或它的工单刚刚有了变化，没有改动。下面是现在的情况。")


class LetterForm(Form):
    """Which state of the letter the page showed."""

    version: int = 0


async def letters_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/letters?after="""
    return await _show(request)


async def again(request: web.Request) -> web.StreamResponse:
    """POST /staff/letters/{letter_id}/again: it is read once more."""
    return await _press(request, "letter_again")


async def close(request: web.Request) -> web.StreamResponse:
    """POST /staff/letters/{letter_id}/close: spam, or its case is closed."""
    return await _press(request, "letter_closed")


async def _press(request: web.Request, word: str) -> web.StreamResponse:
    _ = translator(request)
    form = parse(LetterForm, await read_form(request), _)
    if isinstance(form, FormErrors):
        raise web.HTTPBadRequest  # only our own buttons send this form
    letters = _letters(request)
    act = letters.again if word == "letter_again" else letters.close
    try:
        await act(agent_of(request), request.match_info["letter_id"], version=form.version)
    except (Stale, NotFound):  # of a letter that a colleague dealt with, nothing is left to see
        return await _show(request, 409, _(MEANWHILE))
    return done(PATH, word)


async def _show(request: web.Request, status: int = 200, problem: str = "") -> web.StreamResponse:
    after = request.query.get("after") or None
    page = await _letters(request).page(agent_of(request), after=after)
    return staff_page(
        request,
        "staff/letters.html",
        status,
        rows=[(one, WHY.get(one.letter.why, OTHER)) for one in page.letters],
        first=after is None,
        next=page.next,
        problem=problem,
    )


def _letters(request: web.Request) -> UnreadLetters:
    return request.app[HUB].actions.desk.unread_letters
