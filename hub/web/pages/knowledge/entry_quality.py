"""How entries fare, for their editors: those that do badly first, one entry by week, coverage."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from aiohttp import web

from hub.actions.knowledge.read_quality import ROWS, WEEKS, Lack, Sort
from hub.web.i18n import msgid
from hub.web.keys import HUB
from hub.web.staff_page import staff_page

QUALITY_PATH = "/staff/entries/quality"
COVERAGE_PATH = "/staff/entries/coverage"
_WANTED_CHARS = 40

SORTS: Mapping[Sort, str] = {
    Sort.ASKED: msgid("问到"),
    Sort.ANSWERED: msgid("答复"),
    Sort.OFFERED: msgid("列为选项"),
    Sort.CHOSEN: msgid("被选中"),
    Sort.HANDED_OVER: msgid("随后转人工"),
    Sort.HELPFUL: msgid("有用"),
    Sort.UNHELPFUL: msgid("没用"),
    Sort.USED: msgid("承办人采用"),
    Sort.TROUBLE: msgid("不满比例"),
}
LACKS: Mapping[Lack, str] = {
    Lack.SOURCE: msgid("缺来源"),
    Lack.TESTS: msgid("缺测试问题"),
    Lack.CONFIRM: msgid("需本地确认"),
}

E = TypeVar("E", bound=StrEnum)


async def quality_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/entries/quality?sort=&topic="""
    actions = request.app[HUB].actions
    sort = _one_of(Sort, request.query.get("sort", "")) or Sort.TROUBLE
    topic = request.query.get("topic", "").strip()[:_WANTED_CHARS]

    def link(by: Sort) -> str:
        query = {name: value for name, value in (("topic", topic), ("sort", str(by))) if value}
        return f"{QUALITY_PATH}?{urlencode(query)}"

    return staff_page(
        request,
        "staff/entry_quality.html",
        rows=await actions.read_quality.entries(topic=topic, sort=sort),
        most=ROWS,
        sorts=SORTS,
        sort=sort,
        topic=topic,
        topics=await actions.read_entries.topics(),
        link=link,
        weeks=WEEKS,
    )


async def entry_weeks(request: web.Request) -> web.StreamResponse:
    """GET /staff/entries/quality/{entry_id}"""
    found = await request.app[HUB].actions.read_quality.entry(request.match_info["entry_id"])
    return staff_page(
        request, "staff/entry_weeks.html", found=found, sorts=SORTS, entry_id=request.match_info["entry_id"]
    )


async def coverage_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/entries/coverage?topic=&lacks="""
    read = request.app[HUB].actions.read_quality
    lack = _one_of(Lack, request.query.get("lacks", ""))
    topic = request.query.get("topic", "")[:_WANTED_CHARS]
    if lack is not None:
        entries = await read.lacking(topic, lack)
        return staff_page(
            request, "staff/entries_lacking.html", entries=entries, topic=topic, what=LACKS[lack]
        )

    def lacking(of: str, what: Lack) -> str:
        return f"{COVERAGE_PATH}?{urlencode({'topic': of, 'lacks': str(what)})}"

    def shown(of: str, view: str = "") -> str:
        query = {"topic": of} | ({"show": view} if view else {})
        return f"/staff/entries?{urlencode(query)}"

    return staff_page(
        request,
        "staff/coverage.html",
        rows=await read.coverage(),
        lacks=LACKS,
        lacking=lacking,
        shown=shown,
    )


def _one_of(kind: type[E], name: str) -> E | None:
    """The member of that name; None for an unknown one."""
    return next((member for member in kind if member == name), None)
