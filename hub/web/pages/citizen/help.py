"""The public pages of the knowledge base: topics, one topic to read or print, one entry, a search.

What is searched for stands in the address, as on any search page, and in no log; nothing is stored of it.
"""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from hub.actions.dialogue.verdict import Answered, AskProgress, AskSlot, Offer, ToPerson
from hub.actions.dialogue.verdict import Verdict as Triaged
from hub.actions.knowledge.help_path import entry_path, topic_path
from hub.actions.knowledge.read_help import Gone
from hub.model.danger_kind import DangerKind
from hub.model.feedback import Feedback, Verdict
from hub.model.track import Track
from hub.runtime.clock import day_of
from hub.web.keys import HUB, LANGUAGE
from hub.web.pages.citizen import chat_stream
from hub.web.pages.citizen.red_panel import danger_shown, triaged
from hub.web.render import render
from hub.web.unchanged import unless_unchanged
from knowledge_base.entry import Entry
from knowledge_base.match.word_search import MAX_CHARS


async def topics(request: web.Request) -> web.Response:
    """GET /help?q="""
    hub = request.app[HUB]
    asked = request.query.get("q", "").strip()[:MAX_CHARS]
    if asked:
        verdict = await triaged(hub, asked)
        danger = await danger_shown(hub, asked, verdict)
        return unless_unchanged(request, lambda: _found(request, asked, verdict, danger))
    most_asked = await hub.actions.read_quality.most_asked()
    return unless_unchanged(
        request,
        lambda: render(
            request,
            "citizen/help.html",
            topics=hub.actions.read_help.topics(),
            most_asked=hub.actions.read_help.answering(most_asked),
            topic_path=topic_path,
            entry_path=entry_path,
        ),
        *most_asked,
    )


async def topic(request: web.Request) -> web.Response:
    """GET /help/{topic}"""
    hub = request.app[HUB]
    found = hub.actions.read_help.topic(request.match_info["topic"])
    return unless_unchanged(
        request,
        lambda: render(
            request,
            "citizen/help_topic.html",
            topic=found,
            entry_path=entry_path,
            today=day_of(hub.clock.now_ms()),
        ),
    )


async def entry(request: web.Request) -> web.Response:
    """GET /help/entry/{entry_id}: 410 once it answers no more."""
    return await entry_page(request)


async def entry_page(
    request: web.Request,
    *,
    status: int = 200,
    errors: Mapping[str, str] | None = None,
    reason: str = "",
) -> web.Response:
    """The page of an entry; with `errors` of the opinion that was sent from it, and its `reason`."""
    hub = request.app[HUB]
    help_ = hub.actions.read_help
    try:
        found = await help_.entry(request.match_info["entry_id"])
    except Gone as gone:
        return render(request, "citizen/help_gone.html", status=410, entry=gone.entry)
    visitor = chat_stream.session_token(request, hub)
    given = (await hub.actions.rate_entry.given(visitor, found.id)).get(found.id)

    def build() -> web.Response:
        response = render(
            request,
            "citizen/help_entry.html",
            status=status,
            entry=found.said_in(request[LANGUAGE]),
            source_url=_followable(found.source_url),
            related=help_.related(found),
            topic_path=topic_path,
            entry_path=entry_path,
            entry_id=found.id,
            given=given or (Feedback("", found.id, Verdict.UNHELPFUL, 0, 0) if reason else None),
            back="",
            errors=errors or {},
            error=next(iter((errors or {}).values()), ""),
            reason=reason,
        )
        if not visitor:
            chat_stream.new_token(response, hub)
        return response

    if errors:
        return build()
    said = f"{given.verdict}{bool(given.reason)}" if given else ""
    return unless_unchanged(request, build, said)


def _found(request: web.Request, asked: str, verdict: Triaged, danger: DangerKind) -> web.Response:
    """What a question or plain words find, with the rules of a chat message: danger first."""
    hub = request.app[HUB]
    answers = _answers(verdict)
    shown = {found.id for found in answers}
    return render(
        request,
        "citizen/help_found.html",
        asked=asked,
        danger=danger,
        progress=isinstance(verdict, AskProgress),
        report=isinstance(verdict, ToPerson) and verdict.track is Track.REPORT,
        sure=isinstance(verdict, Answered | AskSlot),
        answers=answers,
        hits=[hit for hit in hub.actions.read_help.search(asked) if hit.entry.id not in shown],
        entry_path=entry_path,
    )


def _answers(verdict: Triaged) -> tuple[Entry, ...]:
    if isinstance(verdict, Offer):
        return verdict.entries
    return (verdict.entry,) if isinstance(verdict, Answered | AskSlot) else ()


def _followable(url: str) -> str:
    """The address of a source as a link may carry it; "" for any other scheme."""
    return url if url.startswith(("https://", "http://")) else ""
