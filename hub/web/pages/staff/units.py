"""Units: the tree, what a change of it would do, and the changes that wait for a second person.

A unit that is typed and a file go the same way: both are rows, looked at first; what is confirmed is sent
back as it was shown and looked at once more.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from aiohttp import web

from hub.actions.staff.change_units import Look, may_decide
from hub.model.agent import Agent, Permission
from hub.model.cases.clock import midnight
from hub.model.units.tree import Deputy, Tree
from hub.model.units.unit import Unit, UnitFunction, UnitLevel
from hub.model.units.unit_change import COLUMNS, Problem, read_file, wanted_of, written_file
from hub.runtime.errors import Invalid, Stale
from hub.web.attachment import attachment
from hub.web.form import read_form
from hub.web.guard.auth import agent_of
from hub.web.i18n import Language, Translator, msgid
from hub.web.keys import HUB, LANGUAGE
from hub.web.render import translator
from hub.web.staff_page import done, staff_page

PATH = "/staff/units"
CHANGES_PATH = "/staff/unit-changes"
FUNCTIONS: Mapping[UnitFunction, str] = {
    UnitFunction.ROUTE: msgid("分流"),
    UnitFunction.HANDLE: msgid("承办"),
    UnitFunction.PETITION: msgid("信访"),
}
LEVELS: Mapping[UnitLevel, str] = {
    UnitLevel.MINISTRY: msgid("部级"),
    UnitLevel.PROVINCE: msgid("省级"),
    UnitLevel.CITY: msgid("市级"),
    UnitLevel.COUNTY: msgid("县级"),
    UnitLevel.STATION: msgid("派出所"),
}
FORM_BYTES = 1_000_000
"""Enough for a file of `MOST_UNITS`."""
_MEANWHILE = msgid("单位刚被别人改动过，请再看一次")


@dataclass(frozen=True, slots=True)
class Line:
    """A unit in the tree. depth: 0 for the root. people: who belongs to it."""

    unit: Unit
    depth: int
    people: tuple[Agent, ...]


async def units_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/units"""
    return await _units(request)


async def edit_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/units/edit?code=: a new unit without a code that is known."""
    office = await request.app[HUB].actions.change_units.office()
    found = office.tree.units.get(request.query.get("code", ""))
    values = _cells(wanted_of(found, office.tree)) if found else _cells(None, parent=office.tree.root.id)
    return _form(request, office.tree, values, is_new=found is None)


async def file(request: web.Request) -> web.StreamResponse:
    """GET /staff/units/file: the whole tree as it may be read in again."""
    office = await request.app[HUB].actions.change_units.office()
    return attachment(("\ufeff" + written_file(office.tree)).encode(), "units.csv")


async def preview(request: web.Request) -> web.StreamResponse:
    """POST /staff/units/preview: `rows` (a file), or the cells of one unit, or `divided=yes|no`."""
    form = await request.post()
    text, uploaded = str(form.get("rows", "")), form.get("file")
    if isinstance(uploaded, web.FileField):
        text = _text(uploaded.file.read(FORM_BYTES))
    typed = {name: str(form.get(name, "")).strip() for name in COLUMNS}
    if not text and typed["code"]:
        typed["functions"] = "|".join(str(one) for one in form.getall("functions", ()))
        text = _as_file(typed)
    return await _preview(request, text, str(form.get("divided", "")), typed)


async def change(request: web.Request) -> web.StreamResponse:
    """POST /staff/units: does what was looked at, or lets it wait for a second person."""
    form = await request.post()
    text, divided = str(form.get("rows", "")), str(form.get("divided", ""))
    look = await _look(request, text, divided)
    if text and read_file(text)[1]:  # rows that cannot be read are none that may be left out
        return await _preview(request, text, divided, {})
    try:
        if str(look.change.revision) != form.get("revision", ""):
            raise Stale("unit_change")
        waits = await request.app[HUB].actions.change_units.ask(agent_of(request), look)
    except Stale:
        return await _preview(request, text, divided, {}, problem=_MEANWHILE)
    except Invalid:
        return await _preview(request, text, divided, {})
    return done(PATH, "units_wait" if waits else "units_changed")


async def name_deputy(request: web.Request) -> web.StreamResponse:
    """POST /staff/units/deputies: `absent`, `deputy`, `since` and `until`, days that are both counted in."""
    form, _ = await read_form(request), translator(request)
    since, until = _day(form.get("since", "")), _day(form.get("until", ""))
    if since is None or until is None:
        name = "until" if since else "since"
        return await _units(request, errors={name: _("请填写日期，如 2027-02-06")}, values=form)
    until_at = midnight(until + timedelta(days=1))
    deputy = Deputy(form.get("absent", ""), form.get("deputy", ""), midnight(since), until_at)
    try:
        await request.app[HUB].actions.change_units.stand_in(agent_of(request), deputy)
    except Invalid as refused:
        errors = {name: _(text) for name, text in refused.problems.items()}
        return await _units(request, errors=errors, values=form)
    return done(PATH, "units_wait")


async def changes_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/unit-changes"""
    return await _changes(request)


async def decide(request: web.Request) -> web.StreamResponse:
    """POST /staff/unit-changes/{change_id}: `decision=confirm|refuse`."""
    confirm, _ = (await read_form(request)).get("decision") == "confirm", translator(request)
    units = request.app[HUB].actions.change_units
    try:
        await units.decide(agent_of(request), request.match_info["change_id"], confirm=confirm)
    except Stale:
        return await _changes(request, problem=_(_MEANWHILE))
    except Invalid as refused:
        return await _changes(request, problem=_(next(iter(refused.problems.values()))))
    return done(CHANGES_PATH, "units_changed" if confirm else "units_refused")


def lines_of(tree: Tree, people: Mapping[str, tuple[Agent, ...]]) -> list[Line]:
    """The tree from the root down, each unit behind the one above it."""
    lines: list[Line] = []

    def walk(unit: Unit, depth: int) -> None:
        lines.append(Line(unit, depth, people.get(unit.id, ())))
        for below in tree.children(unit.id):
            walk(below, depth + 1)

    walk(tree.root, 0)
    return lines


async def _units(
    request: web.Request,
    *,
    errors: Mapping[str, str] | None = None,
    values: Mapping[str, str] | None = None,
) -> web.StreamResponse:
    units = request.app[HUB].actions.change_units
    office = await units.office()
    people = {id: tuple(a for a in staff if not a.removed_at) for id, staff in office.staff.items()}
    everybody = [one for staff in people.values() for one in staff if one.active]
    names = {one.id: one.name for staff in office.staff.values() for one in staff}
    return staff_page(
        request,
        "staff/units.html",
        422 if errors else 200,
        lines=lines_of(office.tree, people),
        lost=[one for id, staff in people.items() if id not in office.tree.units for one in staff],
        division=office.division,
        functions=FUNCTIONS,
        levels=LEVELS,
        unconfirmed=len(await units.waiting()),
        everybody=sorted(((one.id, one.name) for one in everybody), key=lambda one: one[1]),
        names=names,
        now=request.app[HUB].clock.now_ms(),
        errors=errors or {},
        values=values or {},
    )


def _form(
    request: web.Request,
    tree: Tree,
    values: Mapping[str, str],
    *,
    is_new: bool,
    errors: Mapping[str, str] | None = None,
) -> web.StreamResponse:
    _ = translator(request)
    return staff_page(
        request,
        "staff/unit_edit.html",
        422 if errors else 200,
        values=values,
        is_new=is_new,
        parents=[
            (line.unit.id, line.unit.name if line.unit.id else _("没有上级（最上级）"))
            for line in lines_of(tree, {})
        ],
        is_root=not is_new and values["code"] == tree.root.id,
        functions=FUNCTIONS,
        levels=[("", _("不填写")), *((str(level), _(word)) for level, word in LEVELS.items())],
        errors=errors or {},
    )


async def _preview(
    request: web.Request, text: str, divided: str, typed: Mapping[str, str], *, problem: str = ""
) -> web.StreamResponse:
    hub, _ = request.app[HUB], translator(request)
    rows, problems = read_file(text) if text else ([], [])
    if typed.get("code") and len(rows) == 1:
        look = await _look(request, text, divided)
        if look.problems:
            said = {one.field: _said(one, request[LANGUAGE], _) for one in look.problems}
            is_new = typed["code"] not in look.before.units
            return _form(request, look.before, typed, is_new=is_new, errors=said)
    else:
        look = await _look(request, text, divided)
    found = [*problems, *look.problems]
    return staff_page(
        request,
        "staff/unit_preview.html",
        409 if problem else 422 if found else 200,
        look=look,
        problems=[_said(one, request[LANGUAGE], _) for one in found],
        problem=_(problem),
        rows=text,
        divided=divided,
        dividing=divided in ("yes", "no"),
        functions=FUNCTIONS,
        parent_of=lambda unit: _parent_name(unit, look),
        now_divided=(await hub.actions.change_units.office()).division.divided,
    )


async def _look(request: web.Request, text: str, divided: str) -> Look:
    rows, _ = read_file(text) if text else ([], [])
    by_unit = {"yes": True, "no": False}.get(divided)
    return await request.app[HUB].actions.change_units.look(agent_of(request), rows, divided=by_unit)


async def _changes(request: web.Request, problem: str = "") -> web.StreamResponse:
    hub, agent = request.app[HUB], agent_of(request)
    units = hub.actions.change_units
    office = await units.office()
    return staff_page(
        request,
        "staff/unit_changes.html",
        409 if problem else 200,
        unconfirmed=[(one, may_decide(agent, one)) for one in await units.waiting()],
        history=await units.history(),
        names={one.id: one.name for staff in office.staff.values() for one in staff},
        now_divided=office.division.divided,
        manages=agent.may(Permission.AGENT_MANAGE),
        functions=FUNCTIONS,
        problem=problem,
    )


def _parent_name(unit: Unit, look: Look) -> str:
    steps = unit.path.split("/")
    above = steps[-2] if len(steps) > 1 else ""
    names = {one.id: one.name for one in (*look.before.units.values(), *look.change.units)}
    return names.get(above, "")


def _said(one: Problem, language: Language, _: Translator) -> str:
    text = one.en if language == "en" else one.zh
    return f"{_('第 %(row)s 行', row=one.row)}：{text}" if one.row else text


def _cells(wanted: object, *, parent: str = "") -> dict[str, str]:
    if wanted is None:
        return dict.fromkeys(COLUMNS, "") | {"parent": parent, "functions": "handle", "active": "yes"}
    cells = {name: getattr(wanted, name) for name in COLUMNS}
    cells |= {name: "yes" if cells[name] else "no" for name in ("inspection", "active")}
    return cells | {"functions": "|".join(cells["functions"])}


def _as_file(cells: Mapping[str, str]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    writer.writerow(dict(cells))
    return out.getvalue()


def _text(content: bytes) -> str:
    """As a spreadsheet of either kind saves it."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030", "replace")


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return found if 2000 <= found.year < 2200 else None
