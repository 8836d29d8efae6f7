"""What of the queue a page is about: filters in words and as choices, saved views, columns and density."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from hub.actions.cases.queue.query import NOBODY, QueueQuery
from hub.runtime.errors import Invalid
from hub.web.form import read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import Translator
from hub.web.keys import HUB
from hub.web.pages.cases.queue_words import FILTERS, PROBLEMS, WORDS
from hub.web.render import translator
from hub.web.staff_page import done

PANEL = "filters"
"""Value of `panel` that opens the filters: their choices are read for who asks for them."""


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter that is on: its name, its value in words, the address without it."""

    name: str
    value: str
    without: str


@dataclass(frozen=True, slots=True)
class Filters:
    """chips: what is on. choices: by filter, values and words; None while the panel is closed. words: names
    of the filters. problem: why a view was not saved, "" for no reason."""

    chips: tuple[Chip, ...]
    choices: Mapping[str, Sequence[tuple[str, str]]] | None
    words: Mapping[str, str]
    problem: str


async def filters_of(request: web.Request, query: QueueQuery) -> Filters:
    """The filters of a page."""
    is_open = request.query.get("panel") == PANEL
    return Filters(
        tuple([await _chip(request, query, name, value) for name, value in query.filters.items()]),
        await _choices(request) if is_open else None,
        FILTERS,
        PROBLEMS.get(request.query.get("problem", ""), ""),
    )


async def save_view(request: web.Request) -> web.StreamResponse:
    """POST /staff/queue/views: name, shared, from. A name that cannot be kept leads back with the reason."""
    form, desk = await read_form(request), request.app[HUB].actions.desk.queue_desk
    query = QueueQuery.of_token(form.get("from", ""))
    try:
        await desk.save(agent_of(request), form.get("name", ""), query, shared="shared" in form)
    except Invalid as problem:
        said = problem.problems["name"]
        name = next((name for name, text in PROBLEMS.items() if text == said), "name")
        location = f"/staff/queue{query.address(panel=PANEL, problem=name)}#save-view"
        return web.Response(status=303, headers={"Location": location})
    return done(f"/staff/queue{query.address()}", "saved")


async def remove_view(request: web.Request) -> web.StreamResponse:
    """POST /staff/queue/views/{view_id}/remove"""
    await request.app[HUB].actions.desk.queue_desk.remove(agent_of(request), request.match_info["view_id"])
    return done("/staff/queue", "saved")


async def choose_columns(request: web.Request) -> web.StreamResponse:
    """POST /staff/queue/settings: column_NAME, density, from."""
    form, desk = await read_form(request), request.app[HUB].actions.desk.queue_desk
    columns = [name.removeprefix("column_") for name in form if name.startswith("column_")]
    await desk.choose(agent_of(request), columns, form.get("density", ""))
    return done(f"/staff/queue{QueueQuery.of_token(form.get('from', '')).address()}", "saved")


async def _chip(request: web.Request, query: QueueQuery, name: str, value: str) -> Chip:
    hub, _ = request.app[HUB], translator(request)
    said = _word(_, name, value)
    if not said and name == "handler":
        said = await hub.actions.desk.queue_desk.handler_name(value)
    elif not said and name == "unit":
        said = (await hub.actions.desk.queue_desk.unit_names([value])).get(value, "")
    elif name == "tag":
        tags = await hub.actions.desk.edit_tags.every()
        said = next((tag.name for tag in tags if tag.id == value), "")
    elif name == "region":
        said = next((region.name for region in hub.settings.regions if region.code == value), "")
    return Chip(_(FILTERS[name]), said or value, f"/staff/queue{query.without(name).address()}")


def _word(_: Translator, name: str, value: str) -> str:
    text = WORDS.get(name, {}).get(value, "")
    return _(text) if text else ""


async def _choices(request: web.Request) -> Mapping[str, Sequence[tuple[str, str]]]:
    hub, _ = request.app[HUB], translator(request)
    desk = hub.actions.desk.queue_desk
    of_words = {name: [(value, _(text)) for value, text in words.items()] for name, words in WORDS.items()}
    enabled = [name for name, channel in sorted(hub.settings.channels.items()) if channel.enabled]
    return {
        "channel": [(name, name) for name in enabled],
        "track": of_words["track"],
        "region": [(region.code, region.name) for region in hub.settings.regions],
        "unit": [(NOBODY, _(WORDS["unit"][NOBODY])), *await desk.units()],
        "handler": [(NOBODY, _(WORDS["handler"][NOBODY])), *await desk.handlers()],
        "clock": of_words["clock"],
        "flag": of_words["flag"],
        "tag": [(tag.id, tag.name) for tag in await hub.actions.desk.edit_tags.every()],
    }
