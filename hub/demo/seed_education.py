"""The sample's law education: texts on the web, and a weekly series against fraud."""

from __future__ import annotations

from datetime import time, timedelta

from campaigns.lesson import lessons_of, shipped_lessons
from campaigns.segment import Segment
from campaigns.series import DayOff, Rhythm
from hub.actions.campaigns.publicity.plan_series import SeriesDraft
from hub.actions.campaigns.publicity.publish_notice import NoticeDraft
from hub.hub import Hub
from hub.model.notice import NoticeKind
from hub.runtime.clock import to_local

_PUBLISHED = (
    *("fraud-first-half-hour", "fraud-96110", "elders-health-products", "traffic-e-bike"),
    *("traffic-helmet-belt", "minors-bullying", "family-violence-help", "fire-e-bike-charging"),
    *("numbers-which-to-dial", "dogs-leash"),
)
_SERIES = "5e71e5" + "0" * 20


async def publish_lessons(hub: Hub, author_id: str) -> None:
    """Some shipped texts, each under its topic."""
    shipped = shipped_lessons()
    for number, lesson in enumerate(shipped[id] for id in _PUBLISHED):
        text = NoticeDraft(
            NoticeKind.EDUCATION, lesson.title, lesson.web, lesson.topic, lesson.law, lesson.id
        )
        await hub.actions.publicity.publish_notice(text, author_id, notice_id=f"1e55{number:022x}")


async def plan_fraud_series(hub: Hub, author_id: str, group: str) -> None:
    """Tuesdays at ten; the first is at least two days away and already in review."""
    today = to_local(hub.clock.now_ms()).date()
    first = today + timedelta(days=2)
    while first.weekday() != 1:
        first += timedelta(days=1)
    draft = SeriesDraft(
        name="防诈周周讲",
        lesson_ids=tuple(lesson.id for lesson in lessons_of("fraud")),
        rhythm=Rhythm.WEEKLY,
        first=first,
        at=time(10),
        day_off=DayOff.MOVE,
        channel="sms-12110",
        segment=Segment((group,)),
        public=True,
        lead_days=10,
    )
    await hub.actions.publicity.series.plan(draft, author_id, series_id=_SERIES)
    await hub.actions.publicity.series.run.step()
