"""Writing a group of the office's words: try it on a question first, keep it, take it out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from aiohttp import web

from hub.actions.knowledge.edit_words import UnfitWords
from hub.actions.knowledge.publish_entry import Refused
from hub.actions.knowledge.read_words import CutWord, Seen
from hub.model.word_record import WordRecord
from hub.runtime.errors import NotFound, Stale
from hub.store.codec import Versioned
from hub.web.form import FormErrors, parse, read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import Language, msgid
from hub.web.keys import HUB, LANGUAGE
from hub.web.pages.knowledge.entries import Tried, tried_as
from hub.web.pages.knowledge.entry_editor import version_of
from hub.web.pages.knowledge.objections import said
from hub.web.pages.knowledge.words import PATH
from hub.web.pages.knowledge.words_form import WordsForm, group_of, lines
from hub.web.render import translator
from hub.web.staff_page import done, staff_page
from knowledge_base.match.gate import Objection
from knowledge_base.words.word_group import NAME_CHARS, WORD_CHARS, WordProblem

_STALE = msgid("这组说法刚刚被别人修改，或者已经有了。您填写的内容已保留，请与最新内容核对后再保存。")
_QUESTION_CHARS = 200


@dataclass(frozen=True, slots=True)
class Preview:
    """A question as it is cut and answered, now or with what was typed."""

    words: tuple[CutWord, ...]
    tried: Tried


async def group_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/entries/words/edit?name=&word=: a known group or a new one, with one more word typed in."""
    name = request.query.get("name", "").strip()[:NAME_CHARS]
    word = request.query.get("word", "").strip()[:WORD_CHARS]
    found = await request.app[HUB].actions.read_words.get(name) if name else None
    record = found.value if found and found.value.group else None
    words = (*(record.words if record else ()), *((word,) if word else ()))
    values = {
        "name": record.name if record else name,
        "words": lines(dict.fromkeys(words)),
        "note": record.note if record else "",
    }
    return await _editor(request, values=values, found=found)


async def save_group(request: web.Request) -> web.StreamResponse:
    """POST /staff/entries/words/edit; the button `try` shows what it would do and stores nothing."""
    actions, _ = request.app[HUB].actions, translator(request)
    data = await read_form(request)
    values = {name: data.get(name, "") for name in WordsForm.model_fields}
    found = await _found(request, values["name"])
    question = data.get("question", "").strip()[:_QUESTION_CHARS]
    if data.get("then") == "try":
        return await _try(request, values, _as_shown(found, version_of(data)), question)
    form = parse(WordsForm, values, _)
    errors: Mapping[str, str] = {}
    objections: Sequence[Objection] = ()
    status = 422
    if isinstance(form, FormErrors):
        errors = form.fields
    else:
        try:
            record = await actions.edit_words.save(
                form.group(), by=agent_of(request).id, version=version_of(data)
            )
        except UnfitWords as unfit:
            errors = _told(request, unfit.problems)
        except Refused as refused:
            objections = refused.objections
        except Stale:
            found, status = await _found(request, values["name"]), 409
            errors = {"form": _(_STALE)}
        else:
            return done(address(record.name), "words_saved")
    if status != 409:
        found = _as_shown(found, version_of(data))
    return await _editor(
        request,
        values=values,
        found=found,
        question=question,
        errors=errors,
        objections=objections,
        status=status,
    )


async def remove_group(request: web.Request) -> web.StreamResponse:
    """POST /staff/entries/words/remove"""
    data, _ = await read_form(request), translator(request)
    name = data.get("name", "")
    try:
        await request.app[HUB].actions.edit_words.remove(
            name, by=agent_of(request).id, version=version_of(data)
        )
    except (Stale, Refused) as problem:
        found = await _found(request, name)
        if found is None:
            raise NotFound("words") from None
        record = found.value
        values = {"name": record.name, "words": lines(record.words), "note": record.note}
        stale = isinstance(problem, Stale)
        return await _editor(
            request,
            values=values,
            found=found,
            errors={"form": _(_STALE)} if stale else {},
            objections=() if isinstance(problem, Stale) else problem.objections,
            status=409 if stale else 422,
        )
    return done(PATH, "words_removed")


def address(name: str) -> str:
    """Where a group is written."""
    return f"{PATH}/edit?{urlencode({'name': name})}"


async def _found(request: web.Request, name: str) -> Versioned[WordRecord] | None:
    return await request.app[HUB].actions.read_words.get(name[:NAME_CHARS]) if name.strip() else None


def _as_shown(found: Versioned[WordRecord] | None, version: int) -> Versioned[WordRecord] | None:
    """The group with the version that the page had, so that a change meanwhile is still noticed."""
    return Versioned(found.value, version) if found else None


async def _try(
    request: web.Request, values: Mapping[str, str], found: Versioned[WordRecord] | None, question: str
) -> web.StreamResponse:
    group = group_of(values["name"][:NAME_CHARS], values["words"])
    seen = await request.app[HUB].actions.read_words.try_words(group, question) if question else ()
    previews = [_preview(question, one) for one in seen]
    return await _editor(request, values=values, found=found, question=question, previews=previews)


def _preview(question: str, seen: Seen) -> Preview:
    return Preview(seen.words, tried_as(question, seen.answer, seen.best))


def _told(request: web.Request, problems: Sequence[WordProblem]) -> dict[str, str]:
    """All problems of a field in one text, in the reader's language."""
    zh = request[LANGUAGE] is Language.ZH
    fields: dict[str, list[str]] = {}
    for problem in problems:
        fields.setdefault(problem.field.value, []).append(problem.zh if zh else problem.en)
    return {field: ("；" if zh else "; ").join(texts) for field, texts in fields.items()}


async def _editor(
    request: web.Request,
    *,
    values: Mapping[str, str],
    found: Versioned[WordRecord] | None,
    question: str = "",
    previews: Sequence[Preview] = (),
    errors: Mapping[str, str] | None = None,
    objections: Sequence[Objection] = (),
    status: int = 422,
) -> web.StreamResponse:
    read, _ = request.app[HUB].actions.read_words, translator(request)
    versions = await read.versions(found.value.id) if found else []
    record = found.value if found and found.value.group else None
    known = {service.name for service in read.services()} | {one.name for one in await read.groups()}
    return staff_page(
        request,
        "staff/word_group.html",
        status if errors or objections else 200,
        values=values,
        record=record,
        version=found.version if found and (record or status == 409) else 0,
        errors=errors or {},
        conflict=status == 409,
        objections=said(objections, _),
        objections_title=_(msgid("没有保存：有 %(count)s 个问题会答错"), count=len(objections)),
        question=question,
        previews=previews,
        versions=versions,
        names=await read.names(tuple({one.by_id for one in versions})),
        known=sorted(known),
    )
