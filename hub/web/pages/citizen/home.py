"""The first page (C1) and its question box.

A question is posted, so that what people ask stands in no address and no log; it is answered by
the same rules as a chat message, but nothing is stored and nobody is told.
"""

from __future__ import annotations

import secrets
from collections import Counter

from aiohttp import web

from hub.actions.dialogue.texts import language_of
from hub.actions.dialogue.verdict import (
    Answered,
    AskProgress,
    AskSlot,
    NeedsCode,
    Offer,
    ToPerson,
)
from hub.model.notice import NoticeKind
from hub.model.track import Track
from hub.web.form import FormErrors, parse, read_form
from hub.web.keys import HUB, LANGUAGE
from hub.web.pages.citizen.chat_form import TEXT_CHARS, QuestionForm
from hub.web.pages.citizen.notices import NOTICE_KINDS
from hub.web.pages.citizen.red_panel import danger_shown, triaged
from hub.web.pages.citizen.source_line import source_line
from hub.web.render import render, translator
from knowledge_base.match.matcher import Snapshot

_WARNINGS = 2
_NOTICES = 5
_WARNING_DAYS = 7
_DAY_MS = 86_400_000


async def home(request: web.Request) -> web.Response:
    """GET /"""
    hub = request.app[HUB]
    notices = await hub.repositories.notices.list(20)
    since = hub.clock.now_ms() - _WARNING_DAYS * _DAY_MS
    warnings = [
        notice
        for notice in notices
        if notice.kind is NoticeKind.WARNING and max(notice.published_at, notice.updated_at) >= since
    ][:_WARNINGS]
    shown = {notice.id for notice in warnings}
    return render(
        request,
        "citizen/home.html",
        suggestions=suggestions(hub.knowledge.snapshot, 4, language=request[LANGUAGE]),
        warnings=warnings,
        notices=[notice for notice in notices if notice.id not in shown][:_NOTICES],
        kinds=NOTICE_KINDS,
    )


async def ask(request: web.Request) -> web.Response:
    """POST /ask"""
    hub = request.app[HUB]
    _ = translator(request)
    posted = await read_form(request)
    form = parse(QuestionForm, posted, _)
    question = posted.get("question", "")[:TEXT_CHARS] if isinstance(form, FormErrors) else form.question
    verdict = await triaged(hub, question) if question else None
    language = language_of(question, request[LANGUAGE])
    entry = verdict.entry.said_in(language) if isinstance(verdict, Answered | AskSlot) else None
    by_slot = verdict.by_slot if isinstance(verdict, Answered) else None
    return render(
        request,
        "citizen/ask.html",
        question=question,
        danger=await danger_shown(hub, question, verdict),
        entry=entry,
        answer=by_slot.answer if by_slot else entry.answer if entry else "",
        source=source_line(entry, _) if entry else "",
        choices=[choice.said_in(language).question for choice in verdict.entries]
        if isinstance(verdict, Offer)
        else [],
        progress=isinstance(verdict, AskProgress | NeedsCode),
        person=isinstance(verdict, ToPerson) and verdict.asked,
        report=isinstance(verdict, ToPerson) and verdict.track is Track.REPORT,
        client_id=secrets.token_hex(16),
    )


async def ask_again(request: web.Request) -> web.Response:
    """GET /ask: somebody reloaded or came back; the question was never in the address."""
    raise web.HTTPSeeOther("/")


def suggestions(snapshot: Snapshot, count: int, topic: str = "", *, language: str = "zh") -> list[str]:
    """Questions to start with: of one topic, or one of each topic, the topic with most entries first. An
    entry that was given words to be read out, and many wordings, is one that people ask for. In English only
    entries that answer in English."""
    entries = sorted(snapshot.entries, key=lambda entry: (not entry.spoken_answer, -len(entry.variants)))
    if language == "en":
        entries = [entry.said_in("en") for entry in entries if entry.question_en]
    if topic:
        of_topic = [entry.question for entry in entries if entry.topic == topic]
        if of_topic:
            return of_topic[:count]
    sizes = Counter(entry.topic for entry in entries)
    first: dict[str, str] = {}
    for entry in entries:
        first.setdefault(entry.topic, entry.question)
    return [first[topic] for topic, _ in sizes.most_common(count)]
