"""What is published for everybody: warnings, law education by topic, notices."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from hub.model.notice import Notice, NoticeKind
from hub.runtime.errors import NotFound
from hub.web.i18n import msgid
from hub.web.keys import HUB
from hub.web.pages.citizen.topics import TOPIC_WORDS
from hub.web.render import render

NOTICE_KINDS: Mapping[NoticeKind, str] = {
    NoticeKind.WARNING: msgid("预警"),
    NoticeKind.EDUCATION: msgid("普法"),
    NoticeKind.NOTICE: msgid("通知"),
}
_SHOWN = 50
_LESSONS = 2_000


async def notices(request: web.Request) -> web.Response:
    """GET /notices"""
    found = await request.app[HUB].repositories.notices.list(_SHOWN)
    return render(request, "citizen/notices.html", notices=found, kinds=NOTICE_KINDS)


async def notice(request: web.Request) -> web.Response:
    """GET /notices/{id}; 410 for one that was taken down."""
    found = await request.app[HUB].repositories.notices.get(request.match_info["id"])
    if found is None:
        raise NotFound("notice")
    if not found.is_up:
        return render(request, "citizen/notice_gone.html", 410, notice=found)
    return render(request, "citizen/notice.html", notice=found, kinds=NOTICE_KINDS, topics=TOPIC_WORDS)


async def education(request: web.Request) -> web.Response:
    """GET /education: what there is to read, by topic."""
    by_topic: dict[str, list[Notice]] = {name: [] for name in TOPIC_WORDS}
    for lesson in await _lessons(request):
        by_topic[lesson.topic].append(lesson)
    found = {name: lessons for name, lessons in by_topic.items() if lessons}
    return render(request, "citizen/education.html", by_topic=found, topics=TOPIC_WORDS)


async def topic(request: web.Request) -> web.Response:
    """GET /education/{topic}"""
    name = request.match_info["topic"]
    if name not in TOPIC_WORDS:
        raise NotFound("topic")
    found = [lesson for lesson in await _lessons(request) if lesson.topic == name]
    return render(request, "citizen/education_topic.html", lessons=found, word=TOPIC_WORDS[name])


async def _lessons(request: web.Request) -> list[Notice]:
    """Law education that is up and has a topic, the newest first."""
    found = await request.app[HUB].repositories.notices.list(_LESSONS, kind=NoticeKind.EDUCATION)
    return [lesson for lesson in found if lesson.topic in TOPIC_WORDS]
