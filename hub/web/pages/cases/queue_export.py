"""A list of the queue as a table to take away: what its rows say, masked as on the page, with who took it.

Rule protected: nothing leaves that the page would not show, and every export is told in the log by number.
"""

from __future__ import annotations

import logging

from aiohttp import web

from hub.actions.cases.queue.query import QueueQuery
from hub.actions.cases.queue.read_queue import QueueRow
from hub.hub import Hub
from hub.model.agent import Agent
from hub.runtime.clock import to_local
from hub.web import badges
from hub.web.attachment import attachment
from hub.web.form import read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import Translator, msgid
from hub.web.keys import HUB
from hub.web.pages.cases.queue import region_names, title_of
from hub.web.pages.cases.queue_words import FLAGS_SHOWN, VIEWS, left_of
from hub.web.render import translator
from knowledge_base.files.csv_table import UTF8_MARK, write_rows

LOG = logging.getLogger(__name__)

MOST_ROWS = 5_000
"""Of one file; whoever needs more filters by time."""
_HEADING = (
    msgid("编号"),
    msgid("类型"),
    msgid("标题"),
    msgid("来源"),
    msgid("群众"),
    msgid("地区"),
    msgid("承办单位"),
    msgid("承办人"),
    msgid("状态"),
    msgid("剩余时限"),
    msgid("收到时间"),
    msgid("标记"),
)


async def export(request: web.Request) -> web.StreamResponse:
    """POST /staff/queue/export: `list`, the token of a query → CSV for a spreadsheet."""
    hub, agent, _ = request.app[HUB], agent_of(request), translator(request)
    query = QueueQuery.of_token((await read_form(request)).get("list", ""))
    found, whole = await _found(hub, agent, query)
    await hub.actions.read_cases.exported(agent, (row.case for row in found))
    names = await hub.actions.desk.queue_desk.unit_names(_unit(row) for row in found)
    LOG.info("queue.exported", extra={"agent": agent.id, "rows": len(found)})
    now = to_local(hub.clock.now_ms())
    taken = f"{now:%Y-%m-%d %H:%M}"
    rows = [
        [_(one) for one in _HEADING],
        *(_cells(hub, row, names.get(_unit(row), ""), _) for row in found),
        [_("导出人 %(name)s，%(time)s，%(count)s 件", name=agent.name, time=taken, count=len(found))],
    ]
    if not whole:
        rows.append([_("只导出了前 %(count)s 件，请筛选后分次导出", count=MOST_ROWS)])
    name = f"{_(VIEWS[query.show])}-{now:%Y%m%d-%H%M}.csv"
    return attachment((UTF8_MARK + write_rows(rows)).encode(), name)


async def _found(hub: Hub, agent: Agent, query: QueueQuery) -> tuple[list[QueueRow], bool]:
    """The rows, and whether they are all there are."""
    page = await hub.actions.read_queue.page(agent, query)
    found = list(page.rows)
    while page.next and len(found) < MOST_ROWS:
        page = await hub.actions.read_queue.page(agent, query, after=page.next)
        found += page.rows
    return found[:MOST_ROWS], page.next is None and len(found) <= MOST_ROWS


def _unit(row: QueueRow) -> str:
    return row.case.proceeding.unit_id or row.case.unit_id


def _cells(hub: Hub, row: QueueRow, unit: str, _: Translator) -> list[str]:
    case = row.case
    left = left_of(case, hub.clock.now_ms(), _) if case.limit_at else None
    return [
        case.reference,
        _(badges.TRACK[case.track].text),
        title_of(case, _),
        _(badges.CHANNEL[case.origin.kind].text),
        _(row.masked),
        region_names(hub).get(case.origin.region, ""),
        unit,
        row.handler_name,
        _(badges.STATE[case.state].text),
        f"{left.text} {_(left.clock)}" if left else "",
        f"{to_local(case.received_at):%Y-%m-%d %H:%M}",
        " ".join([*(_(label) for flag, label in FLAGS_SHOWN.items() if flag in case.flags), *row.tags]),
    ]
