"""The petition (网上信访) in plain pages: choose a kind, write, check, done.

Every step posts all values and checks them again. What was written is kept sealed until it is sent
(`hub/web/pages/citizen/petition_draft.py`), so that the page to check it is reached by a redirect and
"back" brings everything again. The random submission id makes a form that is sent twice one petition.
The last page is reached by a redirect too, and number and code travel there sealed
(`hub/web/pages/citizen/petition_receipt.py`).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date
from types import SimpleNamespace

from aiohttp import web

from hub.actions.dialogue.danger_kind import danger_kind
from hub.model.danger_kind import DangerKind
from hub.model.petition import PetitionKind
from hub.runtime.clock import to_local
from hub.web.form import FormErrors, parse, read_form
from hub.web.i18n import Translator, format_day, msgid
from hub.web.keys import HUB, LANGUAGE
from hub.web.pages.citizen import petition_receipt
from hub.web.pages.citizen.petition_draft import PetitionDraft
from hub.web.pages.citizen.petition_form import BODY_CHARS, FIELDS, PetitionForm
from hub.web.pages.citizen.petition_receipt import Receipt
from hub.web.pages.citizen.preferences import switched
from hub.web.render import render, translator
from knowledge_base.meaning.safety import Level
from knowledge_base.text.utterance import Utterance

_KINDS: Mapping[PetitionKind, tuple[str, str]] = {
    PetitionKind.COMPLAINT: (msgid("投诉和诉求"), msgid("对公安机关办理的事情有意见，希望解决")),
    PetitionKind.REPORT: (msgid("检举控告"), msgid("举报民警或公安机关违纪违法")),
    PetitionKind.SUGGESTION: (msgid("意见建议"), msgid("希望公安工作改进的地方")),
    PetitionKind.HELP: (msgid("求助"), msgid("需要公安机关帮助的事情")),
    PetitionKind.CONSULT: (msgid("咨询"), msgid("想了解政策和办事流程")),
}


async def choose(request: web.Request) -> web.Response:
    """GET /petition"""
    return _choose(request)


async def write(request: web.Request) -> web.Response:
    """GET /petition/write?kind="""
    kind = request.query.get("kind", "")
    if kind not in _KINDS:
        return _choose(request, {"kind": translator(request)("请选择一类事情")})
    draft = PetitionDraft(request)
    values = await draft.values()
    is_kept = values.get("kind") == kind
    if not is_kept:
        values = {"kind": kind, "submission_id": secrets.token_hex(16), "anonymous": "no"}
    response = _write(request, values, errors={}, is_kept=is_kept)
    draft.begin(response)
    return response


async def check(request: web.Request) -> web.Response:
    """POST /petition/check"""
    if again := switched(request):
        return again
    values, form = await _read(request)
    draft = PetitionDraft(request)
    is_kept = await draft.keep(values)
    if isinstance(form, FormErrors):
        return _write(request, values, form.fields)
    if is_kept:
        return web.Response(status=303, headers={"Location": "/petition/check"})
    return await _check(request, values, form)


async def checked(request: web.Request) -> web.Response:
    """GET /petition/check: what is kept; the form where something of it is wrong by now."""
    values = await PetitionDraft(request).values()
    if not values:
        return await start_over(request)
    form = _parsed(request, values)
    if isinstance(form, FormErrors):
        return _write(request, values, form.fields)
    return await _check(request, values, form)


async def clear(request: web.Request) -> web.Response:
    """POST /petition/clear: the author wants what was written gone."""
    response = web.Response(status=303, headers={"Location": "/petition"})
    await PetitionDraft(request).forget(response)
    return response


async def _check(request: web.Request, values: Mapping[str, str], form: PetitionForm) -> web.Response:
    return render(
        request,
        "citizen/petition_check.html",
        is_report=form.kind is PetitionKind.REPORT,
        anonymous=form.anonymous == "yes",
        values={name: values.get(name, "") for name in FIELDS if name != "no_emergency"},
        danger=await _danger(request, form),
        no_emergency=form.no_emergency,
        rows=_rows(request, form),
    )


async def edit(request: web.Request) -> web.Response:
    """POST /petition/edit: the form again, with everything kept: back from the check, or switched."""
    if again := switched(request):
        return again
    values, _ = await _read(request)
    await PetitionDraft(request).keep(values)
    return _write(request, values, errors={})


async def submit(request: web.Request) -> web.Response:
    """POST /petition/submit"""
    hub = request.app[HUB]
    values, form = await _read(request)
    if isinstance(form, FormErrors):
        return _write(request, values, form.fields)
    filed = await hub.actions.file_petition(form.petition(request[LANGUAGE]))
    response = web.Response(status=303, headers={"Location": "/petition/done"})
    petition_receipt.hand_over(
        response,
        Receipt(
            filed.reference,
            filed.query_code,
            anonymous=form.anonymous == "yes",
            is_report=form.kind is PetitionKind.REPORT,
            differs=filed.differs,
        ),
        hub.vault,
        hub.clock,
        secure=not hub.settings.web.insecure_cookies,
    )
    await PetitionDraft(request).forget(response)
    return response


async def done(request: web.Request) -> web.Response:
    """GET /petition/done"""
    hub = request.app[HUB]
    return render(
        request, "citizen/petition_done.html", receipt=petition_receipt.handed(request, hub.vault, hub.clock)
    )


async def forget(request: web.Request) -> web.Response:
    """POST /petition/forget"""
    response = web.Response(status=303, headers={"Location": "/petition/done"})
    petition_receipt.forget(response)
    return response


async def start_over(request: web.Request) -> web.Response:
    """GET on a step that is only posted to: somebody reloaded or changed the language."""
    return web.Response(status=303, headers={"Location": "/petition"})


async def _read(request: web.Request) -> tuple[dict[str, str], PetitionForm | FormErrors]:
    posted = await read_form(request)
    values = {name: posted.get(name, "") for name in FIELDS}
    return values, _parsed(request, values)


def _parsed(request: web.Request, values: Mapping[str, str]) -> PetitionForm | FormErrors:
    hub = request.app[HUB]
    context = {
        "today": to_local(hub.clock.now_ms()).date(),
        "regions": {region.code for region in hub.settings.regions},
    }
    # An unanswered choice has to look unanswered, so that it is reported as missing.
    given = {name: value for name, value in values.items() if value or name != "anonymous"}
    return parse(PetitionForm, given, translator(request), context)


def _choose(request: web.Request, errors: Mapping[str, str] | None = None) -> web.Response:
    _ = translator(request)
    return render(
        request,
        "citizen/petition_kind.html",
        status=422 if errors else 200,
        errors=errors or {},
        kind="",
        kinds=[(kind.value, _(title), _(text)) for kind, (title, text) in _KINDS.items()],
    )


def _write(
    request: web.Request, values: Mapping[str, str], errors: Mapping[str, str], *, is_kept: bool = False
) -> web.Response:
    _ = translator(request)
    kind = values.get("kind", "")
    if kind not in _KINDS or "submission_id" in errors:
        return _choose(request, errors if "submission_id" in errors else None)
    return render(
        request,
        "citizen/petition_write.html",
        status=422 if errors else 200,
        errors=errors,
        is_kept=is_kept,
        kind=kind,
        kind_title=_KINDS[PetitionKind(kind)][0],
        is_report=kind == PetitionKind.REPORT,
        submission_id=values.get("submission_id", ""),
        values=SimpleNamespace(**{name: values.get(name, "") for name in FIELDS}),
        regions=[
            ("", _("不清楚或不在列表中")),
            *((region.code, region.name) for region in request.app[HUB].settings.regions),
        ],
        limits={"body": BODY_CHARS},
    )


async def _danger(request: web.Request, form: PetitionForm) -> DangerKind:
    """What the letter says, before it is sent: who is in danger does not wait for an answer to a letter."""
    folded = Utterance(f"{form.title}|{form.body}").folded
    hub = request.app[HUB]
    judged = (await hub.understand(f"{form.title}|{form.body}")).judgement
    found = hub.triage.danger(folded) or judged.danger is Level.SURE
    return danger_kind(folded) if found else DangerKind.NONE


def _rows(request: web.Request, form: PetitionForm) -> list[tuple[str, str]]:
    _: Translator = translator(request)
    regions = {region.code: region.name for region in request.app[HUB].settings.regions}
    anonymous = form.anonymous == "yes"
    rows = [
        (_("类型"), _(_KINDS[form.kind][0])),
        (_("概括"), form.title),
        (_("详细说明"), form.body),
        (_("发生日期"), format_day(date.fromisoformat(form.occurred_on), _) if form.occurred_on else ""),
        (_("发生在哪个市"), regions.get(form.region, "")),
        (_("具体地点或涉及单位"), form.place),
        (_("是否留下姓名"), _("匿名") if anonymous else _("实名")),
        (_("姓名"), form.name),
        (_("手机号"), form.phone.removeprefix("+86")),
        (_("电子邮箱"), form.email),
        (_("文书送达"), _("同意电子送达") if form.electronic else ""),
    ]
    return [(term, text) for term, text in rows if text]
