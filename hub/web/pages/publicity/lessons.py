"""The shipped law-education texts: found by topic, word or season, published with one press."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from campaigns import template
from campaigns.lesson import Lesson, shipped_lessons
from channels.contract import ChannelKind
from channels.outbox.delivery import MessageClass
from channels.parts import count
from hub.actions.campaigns.publicity.publish_notice import NoticeDraft
from hub.model.agent import Permission
from hub.model.notice import NoticeKind
from hub.runtime.clock import to_local
from hub.runtime.errors import NotFound
from hub.runtime.ids import new_id
from hub.web.form import FormErrors, parse, read_form
from hub.web.guard.auth import agent_of
from hub.web.keys import HUB
from hub.web.pages.citizen.topics import TOPIC_WORDS
from hub.web.pages.publicity.notice_form import NoticeForm
from hub.web.render import translator
from hub.web.staff_page import done, staff_page

PATH = "/staff/campaigns/lessons"
NOTICES_PATH = "/staff/campaigns/notices"
_MOST_NOTICES = 2_000


@dataclass(frozen=True, slots=True)
class Shown:
    """A text in the list. parts: with the office's signature. form_id: for the press that publishes it.

    notice_id: where it stands on the web already, "" = nowhere. in_season: fits this month in particular.
    """

    lesson: Lesson
    parts: int
    form_id: str
    notice_id: str
    in_season: bool


async def lessons_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/campaigns/lessons?topic=&q="""
    hub = request.app[HUB]
    topic, words = request.query.get("topic", ""), request.query.get("q", "").strip()[:40]
    topic = topic if topic in TOPIC_WORDS or topic == "season" else ""
    now = hub.clock.now_ms()
    month = to_local(now).month
    up = await hub.repositories.notices.list(_MOST_NOTICES, kind=NoticeKind.EDUCATION)
    published = {notice.lesson_id: notice.id for notice in up if notice.lesson_id}
    lessons = list(shipped_lessons().values())
    rows = [
        Shown(
            lesson,
            count(_as_sent(lesson, hub.settings.organisation.signature)).parts,
            new_id(now),
            published.get(lesson.id, ""),
            lesson.fits(month),
        )
        for lesson in lessons
        if (topic in ("", lesson.topic) or (topic == "season" and lesson.fits(month)))
        and words in lesson.title + lesson.sms + lesson.web
    ]
    numbers = {name: sum(lesson.topic == name for lesson in lessons) for name in TOPIC_WORDS}
    return staff_page(
        request,
        "staff/lessons.html",
        rows=rows,
        topics=TOPIC_WORDS,
        numbers=numbers,
        all_of_them=len(lessons),
        seasonal=sum(lesson.fits(month) for lesson in lessons),
        topic=topic,
        q=words,
        may_edit=agent_of(request).may(Permission.CAMPAIGN_EDIT),
    )


def _as_sent(lesson: Lesson, signature: str) -> str:
    return template.with_marks(
        lesson.sms, kind=ChannelKind.SMS, message_class=MessageClass.L, signature=signature
    )


async def publish(request: web.Request) -> web.StreamResponse:
    """POST /staff/campaigns/lessons/{lesson_id}/publish: as it is, at once."""
    lesson = shipped_lessons().get(request.match_info["lesson_id"])
    if lesson is None:
        raise NotFound("lesson")
    form = parse(NoticeForm, await read_form(request), translator(request))
    if isinstance(form, FormErrors):
        raise web.HTTPBadRequest
    draft = NoticeDraft(NoticeKind.EDUCATION, lesson.title, lesson.web, lesson.topic, lesson.law, lesson.id)
    notice = await request.app[HUB].actions.publicity.publish_notice(
        draft, agent_of(request).id, notice_id=form.id
    )
    return done(f"{NOTICES_PATH}/{notice.id}", "notice_published")
