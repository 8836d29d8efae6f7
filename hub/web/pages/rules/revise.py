"""Changing rules: a row or a file, first what it would change, then a proposal with its reason."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from hub.actions.rules.revise_rules import RulePlan, UnfitRules
from hub.model.cases.rule_book import BookKind, RevisionState, Row, RowProblem
from hub.runtime.errors import NotFound, Stale
from hub.web.form import FormErrors, parse, read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import Language, msgid
from hub.web.keys import HUB, LANGUAGE
from hub.web.pages.knowledge.entry_import import GONE, NO_FILE
from hub.web.pages.knowledge.kept_file import keep, kept, uploaded
from hub.web.pages.rules.books import PATH, kind_of, named
from hub.web.pages.rules.rule_form import ProposalForm
from hub.web.pages.rules.rule_words import BOOK, COLUMN, HINT, Speaker
from hub.web.render import translator
from hub.web.staff_page import done, staff_page

_MEANWHILE = msgid("规则刚刚被别人修改，或者有另一份修改等待批准。没有提交，请回到现行规则重新核对。")
_KEY = "instead"


@dataclass(frozen=True, slots=True)
class RowField:
    """A column where it is typed. options: what can be chosen, if it is not written."""

    name: str
    label: str
    hint: str
    value: str
    options: Sequence[tuple[str, str]]
    needed: bool
    is_date: bool


async def row_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/rules/{kind}/row?key=…&key=…: a known row, or a new one without a key."""
    kind = kind_of(request)
    view = await request.app[HUB].actions.rule_books.read.book(kind)
    key = tuple(request.query.getall("key", []))
    if not key:
        return await _row_form(request, kind, {}, ())
    hub = request.app[HUB]
    found = next((row for row in view.rows if named(hub, view.book, row) == key), None)
    if found is None:
        raise NotFound("row")
    return await _row_form(request, kind, found, view.book.key_of(found))


async def look_at_row(request: web.Request) -> web.StreamResponse:
    """POST /staff/rules/{kind}/row: what it would change; the button `remove` takes the row out."""
    kind, data = kind_of(request), await read_form(request)
    revise = request.app[HUB].actions.rule_books.revise
    key = tuple(text for name, text in sorted(data.items()) if name.startswith(_KEY))
    try:
        if data.get("then") == "remove":
            plan = await revise.plan_removal(kind, key)
        else:
            plan = await revise.plan_row(kind, data, instead=key)
    except UnfitRules as unfit:
        return await _row_form(request, kind, data, key, unfit.problems)
    return await _preview(request, kind, plan, file_id=await _keep(request, kind, plan))


async def look_at_file(request: web.Request) -> web.StreamResponse:
    """POST /staff/rules/{kind}/import: what the file would change; it is kept for an hour to be proposed."""
    kind, file = kind_of(request), await uploaded(request)
    if file is None:
        return await _preview(request, kind, None, errors={"file": translator(request)(NO_FILE)})
    name, content = file
    plan = await request.app[HUB].actions.rule_books.revise.plan_file(kind, content)
    return await _preview(request, kind, plan, name=name, file_id=await _keep(request, kind, plan))


async def propose(request: web.Request) -> web.StreamResponse:
    """POST /staff/rules/{kind}/propose: what was looked at, with its reason."""
    hub, kind, _ = request.app[HUB], kind_of(request), translator(request)
    data = await read_form(request)
    file_id = data.get("kept", "")
    try:
        after = await _kept_rows(request, kind, file_id)
        plan = await hub.actions.rule_books.revise.plan_rows(kind, after)
    except NotFound:
        return await _preview(request, kind, None, errors={"file": _(GONE)})
    except UnfitRules:  # what was well when it was looked at, as a unit that is gone now
        return await _preview(request, kind, None, errors={"file": _(_MEANWHILE)}, status=409)
    form = parse(ProposalForm, data, _)
    if isinstance(form, FormErrors):
        return await _preview(request, kind, plan, file_id=file_id, errors=form.fields, typed=data)
    try:
        made = await hub.actions.rule_books.revise.propose(
            kind,
            after,
            base=int(data.get("base", "")) if data.get("base", "").isdecimal() else -1,
            reason=form.reason,
            wanted_from=form.wanted_ms(),
            by=agent_of(request).id,
        )
    except Stale:
        return await _preview(request, kind, plan, errors={"form": _(_MEANWHILE)}, typed=data, status=409)
    await hub.imports.remove(file_id)
    waits = made.state is RevisionState.PROPOSED
    return done(f"{PATH}/{kind}", "rules_proposed" if waits else "rules_approved")


async def _keep(request: web.Request, kind: BookKind, plan: RulePlan) -> str:
    """The id under which the book as it is wanted is kept; "" when there is nothing to propose."""
    if plan.problems or not plan.changes:
        return ""
    told = {"kind": kind, "rows": [dict(row) for row in plan.after]}
    return await keep(request.app[HUB], json.dumps(told, ensure_ascii=False).encode())


async def _kept_rows(request: web.Request, kind: BookKind, file_id: str) -> list[Row]:
    """The book as it was looked at. Raises `NotFound` after its time, and for what is no such book."""
    content = await kept(request.app[HUB], file_id)
    try:
        told = json.loads(content)
    except ValueError:
        raise NotFound("file") from None
    if not isinstance(told, dict) or told.get("kind") != kind:
        raise NotFound("file")
    rows: list[Row] = told["rows"]
    return rows


async def _row_form(
    request: web.Request,
    kind: BookKind,
    values: Mapping[str, str],
    key: Sequence[str],
    problems: Sequence[RowProblem] = (),
) -> web.StreamResponse:
    hub = request.app[HUB]
    speaker = Speaker.of(translator(request), await hub.actions.rule_books.read.units())
    zh = request[LANGUAGE] is Language.ZH
    book = hub.rules.books[kind]
    errors: dict[str, str] = {}
    for problem in problems:
        field = problem.field if problem.field in book.columns else book.columns[0]
        errors.setdefault(field, problem.zh if zh else problem.en)
    return staff_page(
        request,
        "staff/rule_row.html",
        422 if problems else 200,
        kind=kind,
        book_words=BOOK[kind],
        fields=[
            RowField(
                column,
                COLUMN[column],
                HINT.get(column, ""),
                speaker.typed(column, values.get(column, "")),
                speaker.options(column),
                needed=column in book.needed,
                is_date=column in book.dates,
            )
            for column in book.columns
        ],
        key=list(enumerate(key)),
        errors=errors,
    )


async def _preview(
    request: web.Request,
    kind: BookKind,
    plan: RulePlan | None,
    *,
    name: str = "",
    file_id: str = "",
    errors: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
    status: int = 422,
) -> web.StreamResponse:
    hub = request.app[HUB]
    view = await hub.actions.rule_books.read.book(kind)
    speaker = Speaker.of(translator(request), await hub.actions.rule_books.read.units())
    zh = request[LANGUAGE] is Language.ZH
    problems = plan.problems if plan else ()
    return staff_page(
        request,
        "staff/rule_preview.html",
        status if errors or problems else 200,
        kind=kind,
        book_words=BOOK[kind],
        open=view.open,
        plan=plan,
        changes=[speaker.change(view.book, change) for change in plan.changes] if plan else [],
        lines=[(one.line, one.zh if zh else one.en) for one in problems],
        name=name,
        kept=file_id,
        typed=typed or {},
        errors=errors or {},
    )
