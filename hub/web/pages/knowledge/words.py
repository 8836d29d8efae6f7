"""The office's own words for its editors: the groups, the services with their words, what nobody knows
yet."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from aiohttp import web

from hub.web.i18n import msgid
from hub.web.keys import HUB
from hub.web.staff_page import staff_page

PATH = "/staff/entries/words"
SHOWN = 200
_WANTED_CHARS = 100


class WordView(StrEnum):
    """What the page shows."""

    GROUPS = "groups"
    SERVICES = "services"
    UNKNOWN = "unknown"


VIEWS: Mapping[WordView, str] = {
    WordView.GROUPS: msgid("全部说法"),
    WordView.SERVICES: msgid("按事项"),
    WordView.UNKNOWN: msgid("条目里没有的词"),
}


async def words_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/entries/words?show=&q="""
    actions, wanted = request.app[HUB].actions, request.query.get("q", "").strip()[:_WANTED_CHARS]
    view = _view(request)
    everything = await actions.read_words.groups()
    found = await actions.read_words.groups(wanted) if wanted else everything
    services = actions.read_words.services()
    unknown = (await actions.sort_questions.all()).words
    shown = found[:SHOWN]
    return staff_page(
        request,
        "staff/words.html",
        views=VIEWS,
        view=view,
        counts={
            WordView.GROUPS: len(everything),
            WordView.SERVICES: len(services),
            WordView.UNKNOWN: len(unknown),
        },
        wanted=wanted,
        records=shown,
        cut=len(found) > len(shown),
        services=services,
        unknown=unknown,
        names=await actions.read_words.names(tuple({record.changed_by for record in shown})),
    )


def _view(request: web.Request) -> WordView:
    try:
        return WordView(request.query.get("show", WordView.GROUPS))
    except ValueError:
        return WordView.GROUPS
