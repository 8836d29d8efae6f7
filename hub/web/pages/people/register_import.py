"""A list of people for the 12110 register: the whole list or nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

from aiohttp import web

from hub.actions.people.register.import_register import (
    COLUMNS,
    EXAMPLE,
    MOST_ROWS,
    WrongLine,
    WrongLines,
)
from hub.runtime.errors import Invalid, Stale
from hub.web.attachment import attachment
from hub.web.form import read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import msgid
from hub.web.keys import HUB
from hub.web.pages.knowledge.kept_file import uploaded
from hub.web.pages.people.register import PATH
from hub.web.render import translator
from hub.web.staff_page import done, staff_page

FORM_BYTES = 1_048_576
_NO_FILE = msgid("请选择文件")
_CHANGED = msgid("登记刚刚有变化，没有导入，请再导入一次")
_MOST_SHOWN = 50


async def import_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/register/import"""
    return _page(request)


async def take(request: web.Request) -> web.StreamResponse:
    """POST /staff/register/import: nobody is registered unless every line is right."""
    _, file = translator(request), await uploaded(request)
    if file is None:
        return _page(request, 422, {"file": _(_NO_FILE)})
    name, content = file
    consented = (await read_form(request)).get("consented") == "yes"
    take_in = request.app[HUB].actions.people.register.take_in
    try:
        await take_in(agent_of(request), name, content, consented=consented)
    except WrongLines as problem:
        return _page(request, 422, _said(request, problem), lines=problem.lines)
    except Invalid as problem:
        return _page(request, 422, _said(request, problem))
    except Stale:
        return _page(request, 409, {"file": _(_CHANGED)})
    return done(PATH, "imported")


async def example(request: web.Request) -> web.StreamResponse:
    """GET /staff/register/import/example: the columns, and one line that shows how they are meant."""
    out = io.StringIO()
    csv.writer(out).writerows([COLUMNS, EXAMPLE])
    return attachment(b"\xef\xbb\xbf" + out.getvalue().encode(), "register-12110.csv")


def _said(request: web.Request, problem: Invalid) -> dict[str, str]:
    _ = translator(request)
    return {name: _(text) for name, text in problem.problems.items()}


def _page(
    request: web.Request,
    status: int = 200,
    errors: Mapping[str, str] | None = None,
    *,
    lines: Sequence[WrongLine] = (),
) -> web.StreamResponse:
    return staff_page(
        request,
        "staff/register_import.html",
        status,
        errors=errors or {},
        lines=lines[:_MOST_SHOWN],
        more=max(0, len(lines) - _MOST_SHOWN),
        columns=COLUMNS,
        most_rows=MOST_ROWS,
    )
