"""The live stream of the desk: what it says in words, and the signs of life that pages give.

The stream is no activity: it does not keep a session alive, and it ends when the session has ended or the
person may do something else than before.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial

from aiohttp import web

from hub.actions.cases.agent_names import agent_names
from hub.actions.cases.presence.keep_presence import KeepPresence
from hub.actions.cases.queue.follow_queue import FollowQueue
from hub.actions.cases.queue.other_processes import OtherProcesses
from hub.actions.cases.queue.query import QueuePlace, QueueQuery
from hub.actions.cases.queue.read_queue import QueueRow
from hub.hub import Hub
from hub.model.cases.queue.settings import QueueColumn
from hub.repositories.repositories import Repositories
from hub.web import badges
from hub.web.desk.feed import FEED, PRESENCE, Channel, DeskFeed, Words
from hub.web.desk.page import DeskPage, Shown
from hub.web.event_stream import EventStream
from hub.web.form import read_form
from hub.web.guard.auth import agent_of
from hub.web.guard.streams import STREAMS
from hub.web.i18n import Language
from hub.web.keys import HUB, LANGUAGE
from hub.web.pages.cases.queue import line_of, region_names
from hub.web.pages.cases.queue_words import COLUMNS, FLAGS_SHOWN
from hub.web.render import Renderer
from hub.web.staff_stream import PING_SECONDS, goes_on

_MANY_ROWS = 200
_LAST_ANSWERS = 20
"""Whose deliveries are watched while a case is open; what became of older ones does not change."""
_PARTS = ("row", "head", "lock")
_IDS = 64
"""The longest id there is."""


def add_desk(app: web.Application, hub: Hub, renderer: Renderer, channels: Sequence[Channel] = ()) -> None:
    """The feed of this process, running for as long as the server does."""
    shared, stores, reads = hub.settings.store.engine == "mongodb", hub.repositories, hub.actions.read_queue
    app[PRESENCE] = KeepPresence(stores.presences, hub.bell, hub.clock, shared=shared)
    app[FEED] = DeskFeed(
        hub.bell,
        FollowQueue(stores.cases, reads, hub.feed, hub.clock),
        reads,
        app[PRESENCE],
        partial(agent_names, stores),
        partial(_deliveries, stores),
        _words(hub, renderer),
        hub.clock,
        others=OtherProcesses(stores.cases, hub.clock) if shared else None,
        channels=channels,
    )

    async def running(app: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(app[FEED].run(), name="desk feed")
        yield
        task.cancel()
        await asyncio.wait([task])

    app.cleanup_ctx.append(running)


async def _deliveries(stores: Repositories, case_id: str) -> list[str]:
    said = await stores.conversations.of_case(case_id)
    return [message.delivery_id for message in said[-_LAST_ANSWERS:] if message.delivery_id]


def _words(hub: Hub, renderer: Renderer) -> Words:
    clock = hub.clock

    async def row(
        row: QueueRow, query: QueueQuery, columns: tuple[QueueColumn, ...], language: Language
    ) -> str:
        case = row.case
        unit = case.proceeding.unit_id or case.unit_id
        names = await hub.actions.desk.queue_desk.unit_names([unit]) if QueueColumn.UNIT in columns else {}
        at = case.received_at if query.by_time else case.rank
        placed = replace(row, place=QueuePlace(query, at).token())
        line = line_of(placed, clock.now_ms(), renderer.translator(language), names.get(unit, ""))
        context = {
            "line": line,
            "view": query.show,
            "shown": columns,
            "words": badges,
            "column_words": COLUMNS,
            "flag_words": FLAGS_SHOWN,
            "region_names": region_names(hub),
            "may_take_down": True,
        }
        return renderer.text("staff/queue_row.html", language, context)

    @lru_cache(maxsize=1_000)
    def pill(fresh: int, query: QueueQuery, language: Language) -> str:
        return renderer.text("staff/queue_pill.html", language, {"fresh": fresh, "query": query})

    def people(case_id: str, people: Sequence[Mapping[str, object]], language: Language) -> Mapping[str, str]:
        context = {"people": people, "now": clock.now_ms()}
        return {
            part: renderer.text("staff/presence.html", language, {**context, "part": part}).strip()
            for part in _PARTS
        }

    return Words(row, pill, people)


async def events(request: web.Request) -> web.StreamResponse:
    """GET /staff/desk/events?show=&FILTERS&place=&made_at=&rows=&case=&version="""
    feed, agent, stream = request.app[FEED], agent_of(request), EventStream()
    settings = await request.app[HUB].actions.desk.queue_desk.settings(agent)
    shown = _shown(request, settings.columns)
    with request.app[STREAMS].of_session(request):
        async with feed.opened(agent, request[LANGUAGE], shown) as page:
            await _tell(request, stream, page)
    return stream.response


async def _tell(request: web.Request, stream: EventStream, page: DeskPage) -> None:
    try:
        await stream.open(request, retry_ms=3000)
        checked_at = asyncio.get_running_loop().time()
        while True:
            try:
                async with asyncio.timeout(checked_at + PING_SECONDS - asyncio.get_running_loop().time()):
                    await page.ready.wait()
            except TimeoutError:
                if not await goes_on(request):
                    break
                await stream.ping()
                checked_at = asyncio.get_running_loop().time()
            if page.ready.is_set():
                await stream.response.write(page.take())
            if page.over:
                break
    except ConnectionResetError:
        pass  # the page was closed: nobody is left to answer


async def act(request: web.Request) -> web.StreamResponse:
    """POST /staff/cases/{case_id}/presence: somebody is there, or types. Says nothing of the case."""
    form, case_id = await read_form(request), request.match_info["case_id"]
    presence = request.app[PRESENCE]
    if form.get("sign") == "stopped":
        presence.stop_typing(agent_of(request), case_id)
    else:
        presence.act(agent_of(request), case_id, types=form.get("sign") == "types")
    return web.Response(status=204)


def _shown(request: web.Request, columns: Iterable[QueueColumn]) -> Shown:
    query = request.query
    rows = [id for id in query.get("rows", "").split(",") if 0 < len(id) <= _IDS][:_MANY_ROWS]
    return Shown(
        query=QueueQuery.parse(query) if "show" in query else None,
        columns=tuple(columns),
        place=query.get("place", ""),
        made_at=_number(query.get("made_at", "")),
        rows=frozenset(rows),
        case_id=query.get("case", "")[:_IDS],
        version=_number(query.get("version", "")),
    )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 15 else 0
