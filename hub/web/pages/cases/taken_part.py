"""我参与: the cases one follows, wrote in or handled, as lines of the queue."""

from __future__ import annotations

from aiohttp import web

from hub.actions.cases.queue.views import QueueView
from hub.model.cases.queue.settings import QueueColumn
from hub.web.guard.auth import agent_of
from hub.web.i18n import msgid
from hub.web.keys import HUB
from hub.web.pages.cases.queue import line_of, region_names
from hub.web.pages.cases.queue_words import COLUMNS, FLAGS_SHOWN
from hub.web.render import translator
from hub.web.staff_page import staff_page

_COLUMNS = (
    QueueColumn.TRACK,
    QueueColumn.FROM,
    QueueColumn.HANDLER,
    QueueColumn.STATE,
    QueueColumn.LIMIT,
    QueueColumn.WAIT,
)


async def taken_part_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/queue/taken-part?after="""
    hub, agent, _ = request.app[HUB], agent_of(request), translator(request)
    after, now = request.query.get("after") or None, hub.clock.now_ms()
    page = await hub.actions.desk.read_taken_part.page(agent, after=after)
    return staff_page(
        request,
        "staff/taken_part.html",
        lines=[line_of(row, now, _) for row in page.rows],
        next=page.next,
        is_first=after is None,
        settings=await hub.actions.desk.queue_desk.settings(agent),
        shown=_COLUMNS,
        column_words=COLUMNS,
        flag_words=FLAGS_SHOWN,
        region_names=region_names(hub),
        view=QueueView.ALL,
        view_words={QueueView.ALL: msgid("我参与")},
        may_take_down=False,
    )
