"""The knowledge base for its editors: list, edit, and try what a question would be answered with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from hub.actions.edit_entry import EntryDraft
from hub.errors import Invalid, Stale
from hub.i18n import msgid
from hub.web.forms.form import FormErrors, parse, read_form
from hub.web.forms.staff import EntryForm
from hub.web.keys import HUB
from hub.web.render import translator
from hub.web.staff_page import done, part, staff_page
from knowledge_base.answer import Decision
from knowledge_base.entry import Entry, EntryState
from knowledge_base.matcher import Match
from knowledge_base.text import normalise

_CANDIDATES = 5
_STALE = msgid("这个条目刚刚被别人修改。您填写的内容已保留，请核对后再保存。")

DECISIONS: Mapping[Decision, tuple[str, str, str]] = {
    Decision.ANSWER: ("good", msgid("直接答复"), msgid("把握足够，群众会立刻收到第一条的答案。")),
    Decision.CHOICES: ("warn", msgid("给出选项"), msgid("把握不足，让群众从下列问题中选择。")),
    Decision.HAND_OVER: ("info", msgid("转人工"), msgid("没有足够相近的条目，转为工单由人工答复。")),
}
"""Kind, word and meaning of what the hub would do."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What a question gave. matches: the nearest entries, those that decide first, with scores 0-1."""

    question: str
    kind: str
    word: str
    meaning: str
    matches: tuple[Match, ...]


async def entries_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/entries?topic=&q="""
    edit = request.app[HUB].actions.edit_entry
    everything = await edit.list()
    topic, wanted = request.query.get("topic", ""), request.query.get("q", "").strip()[:100]
    topics: dict[str, int] = {}
    for entry in everything:
        topics[entry.topic] = topics.get(entry.topic, 0) + 1
    shown = [e for e in everything if (not topic or e.topic == topic) and _holds(e, wanted)]
    return staff_page(
        request,
        "staff/entries.html",
        topics=topics,
        topic=topic,
        wanted=wanted,
        total=len(everything),
        entries=shown,
        tried=None,
    )


async def new_entry(request: web.Request) -> web.StreamResponse:
    """GET /staff/entries/new"""
    return await _editor(request, values=_values(None, topic=request.query.get("topic", "")))


async def entry_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/entries/{entry_id}"""
    found = await request.app[HUB].actions.edit_entry.get(request.match_info["entry_id"])
    return await _editor(request, values=_values(found.value), entry=found.value, version=found.version)


async def save_entry(request: web.Request) -> web.StreamResponse:
    """POST /staff/entries/new and /staff/entries/{entry_id}"""
    edit, _ = request.app[HUB].actions.edit_entry, translator(request)
    entry_id = request.match_info.get("entry_id", "")
    found = await edit.get(entry_id) if entry_id else None
    entry = found.value if found else None
    data = await read_form(request)
    values = {name: data.get(name, "") for name in _values(None)}
    version = int(data["version"]) if data.get("version", "").isdigit() else 0
    form = parse(EntryForm, data, _)
    if isinstance(form, FormErrors):
        return await _editor(request, values=values, entry=entry, version=version, errors=form.fields)
    draft = EntryDraft(
        id=entry_id,
        question=form.question,
        variants=form.variant_list(),
        answer=form.answer,
        short_answer=form.short_answer,
        topic=form.topic,
        source=form.source,
        confirm_locally=form.confirm_locally,
        published=form.state is EntryState.PUBLISHED,
    )
    try:
        saved = await edit.save(draft, version=version)
    except Invalid as refused:
        errors = {name: _(text) for name, text in refused.problems.items()}
        return await _editor(request, values=values, entry=entry, version=version, errors=errors)
    except Stale:
        now = await edit.get(entry_id)
        return await _editor(
            request, values=values, entry=entry, version=now.version, errors={"form": _(_STALE)}, status=409
        )
    return done(f"/staff/entries/{saved.id}", "saved")


async def try_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/entries/try"""
    return staff_page(request, "staff/try.html", tried=None)


async def try_question(request: web.Request) -> web.StreamResponse:
    """POST /staff/entries/try: a piece for htmx, a whole page without script."""
    hub, _ = request.app[HUB], translator(request)
    text = (await read_form(request)).get("text", "").strip()[:200]
    tried = None
    if text:
        answer = hub.actions.edit_entry.try_question(text)
        kind, word, meaning = DECISIONS[answer.decision]
        near = hub.knowledge.snapshot.match(text, _CANDIDATES)
        deciding = {match.entry.id for match in answer.matches}
        others = tuple(match for match in near if match.entry.id not in deciding)
        tried = Tried(text, kind, word, meaning, (*answer.matches, *others)[:_CANDIDATES])
    if request.headers.get("HX-Request"):
        return part(request, "staff/tried.html", tried=tried)
    return staff_page(request, "staff/try.html", tried=tried)


async def _editor(
    request: web.Request,
    *,
    values: Mapping[str, str],
    entry: Entry | None = None,
    version: int = 0,
    errors: Mapping[str, str] | None = None,
    status: int = 422,
) -> web.StreamResponse:
    everything = await request.app[HUB].actions.edit_entry.list()
    return staff_page(
        request,
        "staff/entry.html",
        status if errors else 200,
        values=values,
        entry=entry,
        version=version,
        errors=errors or {},
        topics=sorted({known.topic for known in everything}),
        tried=None,
    )


def _values(entry: Entry | None, *, topic: str = "") -> dict[str, str]:
    """The form's fields as text."""
    if entry is None:
        return {
            "question": "",
            "variants": "",
            "answer": "",
            "short_answer": "",
            "topic": topic,
            "source": "",
            "confirm_locally": "",
            "state": str(EntryState.PUBLISHED),
        }
    return {
        "question": entry.question,
        "variants": "\n".join(entry.variants),
        "answer": entry.answer,
        "short_answer": entry.short_answer,
        "topic": entry.topic,
        "source": entry.source,
        "confirm_locally": "yes" if entry.confirm_locally else "",
        "state": str(entry.state),
    }


def _holds(entry: Entry, wanted: str) -> bool:
    plain = normalise(wanted)
    return not plain or any(
        plain in normalise(text) for text in (entry.question, *entry.variants, entry.answer, entry.topic)
    )
