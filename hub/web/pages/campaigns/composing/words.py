"""Words the office watches for: everybody who reads campaigns sees the list, supervisors change it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from aiohttp import web
from pydantic import Field

from campaigns.finding import Level
from hub.actions.campaigns.composing.watch_words import WordLine, lines_of
from hub.actions.cases.agent_names import agent_names
from hub.model.agent import Permission
from hub.runtime.errors import Invalid
from hub.web.form import Form, FormErrors, parse, read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import msgid
from hub.web.keys import HUB
from hub.web.pages.campaigns.campaigns import LIST_PATH
from hub.web.pages.campaigns.composing.paper import LEVELS
from hub.web.render import translator
from hub.web.staff_page import done, staff_page

PATH = f"{LIST_PATH}/words"


class WordForm(Form):
    """A word as it is typed."""

    MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = {("level", "*"): msgid("请选择一项")}
    word: str = Field(default="", max_length=100)
    level: Literal[Level.BLOCK, Level.WARN] = Level.WARN
    reason: str = Field(default="", max_length=400)
    replacement: str = Field(default="", max_length=400)


_NOTHING = {"word": "", "level": "warn", "reason": "", "replacement": "", "lines": ""}


async def words_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/campaigns/words"""
    return await _page(request, _NOTHING, {})


async def put_word(request: web.Request) -> web.StreamResponse:
    """POST /staff/campaigns/words: a new word, or another judgement of one that is there."""
    _, data = translator(request), await read_form(request)
    form = parse(WordForm, data, _)
    if isinstance(form, FormErrors):
        return await _page(request, data, form.fields)
    line = WordLine(form.word, Level(form.level), form.reason, form.replacement)
    try:
        await request.app[HUB].actions.publicity.composer.words.put(agent_of(request), [line])
    except Invalid as refused:
        return await _page(request, data, {name: _(text) for name, text in refused.problems.items()})
    return done(PATH, "saved")


async def import_words(request: web.Request) -> web.StreamResponse:
    """POST /staff/campaigns/words/import: many lines at once, all or none."""
    _, data = translator(request), await read_form(request)
    try:
        await request.app[HUB].actions.publicity.composer.words.put(
            agent_of(request), lines_of(data.get("lines", ""))
        )
    except Invalid as refused:
        return await _page(request, data, {name: _(text) for name, text in refused.problems.items()})
    return done(PATH, "imported")


async def remove_word(request: web.Request) -> web.StreamResponse:
    """POST /staff/campaigns/words/remove"""
    await request.app[HUB].actions.publicity.composer.words.remove((await read_form(request)).get("id", ""))
    return done(PATH, "word_removed")


async def export_words(request: web.Request) -> web.StreamResponse:
    """GET /staff/campaigns/words/export"""
    text = await request.app[HUB].actions.publicity.composer.words.as_csv()
    return web.Response(
        body=("\ufeff" + text).encode(),
        content_type="text/csv",
        charset="utf-8",
        headers={"Content-Disposition": 'attachment; filename="words.csv"'},
    )


async def _page(
    request: web.Request, values: Mapping[str, str], errors: Mapping[str, str]
) -> web.StreamResponse:
    hub = request.app[HUB]
    words = await hub.actions.publicity.composer.words.every()
    return staff_page(
        request,
        "staff/campaign_words.html",
        422 if errors else 200,
        listed=words,
        names=await agent_names(hub.repositories, {one.changed_by for one in words}),
        levels=LEVELS,
        values={**_NOTHING, **values},
        errors=errors,
        may_edit=agent_of(request).may(Permission.CAMPAIGN_WORDS),
    )
